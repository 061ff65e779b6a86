"""What each of two tenants in one pool has, by the parameter that names it in addresses."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from federation.domains.routing import Destination, Scope
from federation.models import (
    AccountRequest,
    AccountRequestKind,
    AuthorizationRequest,
    BrowserSession,
    Connection,
    ConnectionTest,
    ConnectionTestState,
    EmailDomain,
    FederatedIdentity,
    FederatedSignIn,
    Step,
)
from federation.models.email_domain import DomainStatus
from federation.services.attempts import Held, open_attempt
from federation.services.connection_certificates import keep_certificates
from federation.services.domain_rules import WantedRule, add_rule
from federation.services.email_domains import claim_domain
from federation.services.first_factors import Asked, open_first_factor
from federation.tokens import hash_token
from identity.models import BulkJob, BulkKind, DirectoryUser, Family, Group, SyncedResource, SyncPlan
from tenants.models import SyncKind, Tenant
from tests.factories import ApplicationFactory, TenantCast, actor_of
from tests.support.connections import a_certificate, activated, saml_connection

# What stands in an address and is no object of a tenant, and why it cannot be a neighbour's.
PLAIN = {
    "slug": "the tenant itself: tests/architecture/test_access_matrix.py tries another's",
    "number": "counts the versions of the connection that is named before it",
    "version": "counts the brandings of the tenant that is named before it, which anybody may see",
    "file": "which of a connection's certificates",
    "client_id": "an application's, which is the operator's",
    "token": "an invitation's 256 random bits, of which only the hash is kept",
}
# Whose rows nobody else may change, by whatever they send.
_APPS = ("identity", "federation")


@dataclass(frozen=True)
class House:
    """A tenant, its people, and what it has.

    Args:
        cast: the tenant and its people.
        ids: what stands in an address for each parameter.
        names: what nobody else may ever read.
        domain: the e-mail domain that it holds.
    """

    cast: TenantCast
    ids: Mapping[str, Any]
    names: frozenset[str]
    domain: str

    @property
    def tenant(self) -> Tenant:
        """The tenant."""
        return self.cast.tenant

    def rows(self) -> dict[str, list[Any]]:
        """Return all that the tenant has, to be compared with later."""
        return {
            model._meta.label: list(model._meta.base_manager.filter(tenant=self.tenant).values()) for model in _owned()
        }


def _owned() -> Iterator[type[Model]]:
    for model in apps.get_models():
        if model._meta.app_label in _APPS and any(field.name == "tenant" for field in model._meta.fields):
            yield model


def furnished(cast: TenantCast) -> House:
    """Give a tenant one of everything that an address can name."""
    tenant, actor, word = cast.tenant, actor_of(cast.owner), uuid.uuid4().hex[:10]
    # To the same directory, as one identity provider of two companies would have it (docs/adr/0014).
    connection = activated(saml_connection(tenant, name=f"Directory of {word}"))
    test = _open_test(connection, word)
    keep_certificates(connection, signing=a_certificate(), encryption="")
    for subject, gone in (("u-1", None), ("u-2", timezone.now())):
        _identity(connection, subject, cast.outsider, unlinked_at=gone)
    _sign_in(connection)
    domain = claim_domain(tenant, name=f"{word}.halden.com", actor=actor)
    EmailDomain.objects.filter(pk=domain.pk).update(status=DomainStatus.PROVED)
    said = WantedRule(scope=Scope.ADDRESSES, destination=Destination.EVERY, addresses=(f"ada@{domain.name}",))
    rule = add_rule(tenant, domain.pk, said, actor=actor)
    group = Group.objects.create(tenant=tenant, name=f"group-{word}")
    record = SyncedResource.objects.create(
        scope=SyncKind.TENANT, key=tenant.pk, family=Family.CLIENT, name=tenant.client_name("sign-in")
    )
    request = AuthorizationRequest.objects.create(
        application=ApplicationFactory.create(),
        tenant=tenant,
        parameters={},
        browser_hash=hash_token(word),
        expires_at=timezone.now() + timedelta(minutes=5),
    )
    attempt = open_attempt(tenant, request, cast.outsider, step=Step.TOTP, username=word, held=Held(), amr=["pwd"])
    first = open_first_factor(
        tenant, request, email=cast.outsider.email, user=cast.outsider, way="EMAIL_OTP", username=word, asked=Asked("")
    )
    asked = AccountRequest.objects.create(
        tenant=tenant,
        kind=AccountRequestKind.PASSWORD,
        request=request,
        email=f"{word}@{domain.name}",
        expires_at=timezone.now() + timedelta(minutes=5),
    )
    ids: dict[str, Any] = {
        "connection_id": connection.pk,
        "test_id": test.pk,
        "domain_id": domain.pk,
        "rule_id": rule.pk,
        "group_id": group.pk,
        "user_id": cast.outsider.pk,
        "job_id": BulkJob.objects.create(tenant=tenant, kind=BulkKind.CREATE).pk,
        "plan_id": SyncPlan.objects.create(scope=SyncKind.TENANT, key=tenant.pk).pk,
        "resource_id": record.pk,
        "attempt_id": attempt.pk,
        "first_id": first.pk,
        "session_id": _session(cast.outsider).pk,
        "asked_id": asked.pk,
    }
    names = frozenset({word, tenant.name, tenant.key, connection.provider_name, *map(str, ids.values())})
    return House(cast, ids, names - {str(record.pk)}, domain.name)


def _open_test(connection: Connection, word: str) -> ConnectionTest:
    """A test that could be opened, were it for its ticket."""
    return ConnectionTest.objects.create(
        tenant=connection.tenant,
        connection=connection,
        version=connection.current.number,
        word=word,
        state=ConnectionTestState.READY,
        session_hash=hash_token(word),
        ticket_hash=hash_token(word),
        ticket_until=timezone.now() + timedelta(minutes=1),
        expires_at=timezone.now() + timedelta(minutes=5),
    )


def _identity(
    connection: Connection, subject: str, user: DirectoryUser, *, unlinked_at: datetime | None
) -> FederatedIdentity:
    """A person who comes by a connection as well, or did."""
    return FederatedIdentity.objects.create(
        tenant=connection.tenant,
        connection=connection,
        subject=subject,
        user=user,
        cognito_username=f"{connection.provider_name}_{subject}",
        linked_at=timezone.now(),
        unlinked_at=unlinked_at,
    )


def _session(user: DirectoryUser) -> BrowserSession:
    """Where somebody is signed in."""
    now = timezone.now()
    return BrowserSession.objects.create(
        tenant=user.tenant,
        user=user,
        token_hash=hash_token(uuid.uuid4().hex),
        amr=["pwd"],
        acr="",
        auth_time=now,
        last_seen_at=now,
    )


def _sign_in(connection: Connection) -> FederatedSignIn:
    """A sign-in that is under way, whose state nobody has."""
    return FederatedSignIn.objects.create(
        tenant=connection.tenant,
        connection=connection,
        version=1,
        state_hash=hash_token(uuid.uuid4().hex),
        nonce="nonce",
        expires_at=timezone.now() + timedelta(minutes=5),
    )


def nobodys(parameter: str, house: House) -> object:
    """Return an id of the same kind that nobody has."""
    return 2_000_000_000 if isinstance(house.ids[parameter], int) else uuid.uuid4()
