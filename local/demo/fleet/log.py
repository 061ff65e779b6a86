"""The audit logs: chains that `manage.py verify_audit` accepts."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

from local.demo.fleet.load import copy_rows
from local.demo.fleet.places import Place
from local.demo.fleet.shape import EPOCH, FleetShape, ids, split
from local.demo.fleet.words import mailbox, person
from tenants.actor import ActorKind
from tenants.audit_actions import Action
from tenants.models import Account, AuditEvent, Tenant
from tenants.models.audit import FLEET_CHAIN
from tenants.permissions import OperatorRole
from tenants.services.audit import GENESIS, digest

_OPERATORS = 12
# What happens in a tenant, as often as it stands here.
_DAILY = (
    *[Action.SIGNED_OUT] * 12, *[Action.USER_INVITED] * 3, *[Action.INVITATION_ACCEPTED] * 3, Action.USER_DISABLED,
    Action.TOTP_ENROLLED, Action.USER_ROLE_SET, Action.POLICY_UPDATED,
)  # fmt: skip
_FLEET = (Action.OPERATOR_SIGNED_IN, Action.SYNC_REQUESTED, Action.TENANT_APPLICATIONS_SET, Action.SUPPORT_ENTERED)


def write_operators(shape: FleetShape) -> list[Account]:
    """Write the operator's staff; nobody can sign in until they ask for a new password."""
    dice = shape.dice("operators")
    keys, rows = ids(dice), list[Account]()
    for number in range(_OPERATORS):
        name = person(dice)
        email = f"{mailbox(name, number)}@operator.generated-fleet.invalid"
        role = list(OperatorRole)[number % len(OperatorRole)]
        row = Account(id=next(keys), username=email, email=email, name=name, operator_role=role, created_at=EPOCH)
        row.set_unusable_password()
        rows.append(row)
    copy_rows(Account, rows)
    return rows


def write_log(shape: FleetShape, places: list[Place], operators: list[Account]) -> int:
    """Write the fleet's chain and every tenant's, and return how many events there are."""
    in_fleet = max(len(places), shape.events // 10)
    lengths = split(shape.events - in_fleet, [place.users for place in places], at_least=1)
    return copy_rows(AuditEvent, _events(shape, places, operators, in_fleet, lengths))


def _events(
    shape: FleetShape, places: list[Place], operators: list[Account], in_fleet: int, lengths: list[int]
) -> Iterator[AuditEvent]:
    yield from _sealed(_fleet_chain(shape, places, operators, in_fleet))
    dice = shape.dice("log")
    for place, length in zip(places, lengths, strict=True):
        yield from _sealed(_tenant_chain(dice.getrandbits(64), place, length))


def _sealed(events: Iterator[AuditEvent]) -> Iterator[AuditEvent]:
    """Chain events in the order they come in."""
    previous = GENESIS
    for sequence, event in enumerate(events, 1):
        event.sequence, event.previous_hash = sequence, previous
        event.hash = previous = digest(event)
        yield event


def _fleet_chain(shape: FleetShape, places: list[Place], operators: list[Account], length: int) -> Iterator[AuditEvent]:
    dice = shape.dice("fleet log")
    keys = ids(dice)
    for number in range(length):
        onboarding = number < len(places)
        tenant = places[number].tenant if onboarding else dice.choice(places).tenant
        by = dice.choice(operators)
        event = _event(next(keys), None, Action.TENANT_ONBOARDED if onboarding else dice.choice(_FLEET), tenant)
        event.created_at = tenant.created_at if onboarding else EPOCH - timedelta(seconds=length - number)
        event.actor_kind, event.actor_id, event.actor_label = ActorKind.OPERATOR.value, str(by.pk), str(by)
        event.after = {"slug": tenant.slug, "cell": tenant.pool.cell.name} if onboarding else {}
        yield event


def _tenant_chain(seed: int, place: Place, length: int) -> Iterator[AuditEvent]:
    tenant = place.tenant
    dice = FleetShape(tenants=1, users=1, events=1, seed=seed).dice("chain")
    keys = ids(dice)
    step = (EPOCH - tenant.created_at) / length
    people = [(next(keys), mailbox(person(dice), number)) for number in range(min(place.users, 50))]
    for number in range(length):
        key, label = dice.choice(people)
        action = dice.choice(_DAILY) if number else Action.TENANT_ONBOARDED
        event = _event(next(keys), tenant, action, tenant)
        event.created_at = tenant.created_at + step * number
        event.actor_kind, event.actor_id, event.actor_label = ActorKind.MEMBER.value, str(key), f"{label}@{tenant.slug}"
        if number:
            target, name = dice.choice(people)
            event.target_type, event.target_id, event.target_label = "directoryuser", str(target), name
        event.ip = f"192.0.2.{dice.randrange(1, 255)}"
        yield event


def _event(key: uuid.UUID, tenant: Tenant | None, action: Action, target: Tenant) -> AuditEvent:
    return AuditEvent(
        id=key,
        tenant=tenant,
        chain=str(tenant.pk) if tenant else FLEET_CHAIN,
        action=action.value,
        target_type="tenant",
        target_id=str(target.pk),
        target_label=target.name,
        request_id=key.hex,
    )
