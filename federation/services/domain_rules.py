"""Saying where the addresses of a domain lead. What a rule means is in `federation.domains.routing`."""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from federation.domains.routing import Destination, Scope
from federation.domains.typed_rules import addresses_in, subdomain_in
from federation.models import DomainRule, EmailDomain
from federation.selectors.connections import connections_of
from federation.selectors.domain_rules import get_rule, named_connections, rules_of
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import Tenant
from tenants.services import audit

# Both of a domain. They are read at each sign-in that goes by it; whoever needs more has groups at the identity
# provider that say it better.
MOST_RULES = 50
MOST_ADDRESSES = 1000


@dataclass(frozen=True, kw_only=True)
class WantedRule:
    """What somebody wants a rule to say.

    Args:
        scope: a `Scope`; a rule that is there keeps its own.
        destination: a `Destination`.
        connections: ids, for `Destination.CONNECTIONS`; of another destination they are dropped.
        addresses: for `Scope.ADDRESSES`, as typed: each text may hold several.
        subdomain: for `Scope.SUBDOMAIN`, as typed.
    """

    scope: str
    destination: str
    connections: tuple[uuid.UUID, ...] = ()
    addresses: tuple[str, ...] = ()
    subdomain: str = ""


@transaction.atomic
def add_rule(tenant: Tenant, domain_id: uuid.UUID, wanted: WantedRule, *, actor: Actor) -> DomainRule:
    """Add a rule for listed addresses or for a sub-domain. It counts once the domain is proved.

    Raises:
        NotFound: the tenant has no such domain.
        ValidationFailed: something cannot be said so; by field.
        Conflict: the domain has as many rules as it may.
    """
    claim = _lock(tenant, domain_id)
    if wanted.scope not in (Scope.ADDRESSES, Scope.SUBDOMAIN):
        raise _refused("scope", _("Choose one of the answers offered."))
    if rules_of(claim).exclude(scope=Scope.DEFAULT).count() >= MOST_RULES:
        raise Conflict(_("A domain can have %(most)d rules. Remove one first.") % {"most": MOST_RULES})
    rule = DomainRule(tenant=tenant, domain=claim, scope=wanted.scope)
    _fill(rule, wanted)
    rule.save(force_insert=True)
    audit.record(Action.DOMAIN_RULE_ADDED, actor=actor, tenant=tenant, target=claim, after=_facts(rule))
    return rule


@transaction.atomic
def change_rule(
    tenant: Tenant, domain_id: uuid.UUID, rule_id: uuid.UUID, wanted: WantedRule, *, actor: Actor
) -> DomainRule:
    """Have a rule say something else; its scope stays.

    Raises:
        NotFound: the tenant has no such domain, or the domain no such rule.
        ValidationFailed: something cannot be said so; by field.
    """
    _lock(tenant, domain_id)
    rule = _get_special(tenant, domain_id, rule_id)
    _change(rule, wanted, actor=actor)
    return rule


@transaction.atomic
def remove_rule(tenant: Tenant, domain_id: uuid.UUID, rule_id: uuid.UUID, *, actor: Actor) -> None:
    """Take a rule away: its addresses go by the next that is for them.

    Raises:
        NotFound: the tenant has no such domain, or the domain no such rule.
    """
    claim = _lock(tenant, domain_id)
    rule = _get_special(tenant, domain_id, rule_id)
    audit.record(Action.DOMAIN_RULE_REMOVED, actor=actor, tenant=tenant, target=claim, before=_facts(rule))
    rule.delete()


@transaction.atomic
def set_default(tenant: Tenant, domain_id: uuid.UUID, wanted: WantedRule, *, actor: Actor) -> DomainRule:
    """Say where those addresses of a domain lead that no other rule is for; only that is read of what is wanted.

    Raises:
        NotFound: the tenant has no such domain.
        ValidationFailed: something cannot be said so; by field.
    """
    claim = _lock(tenant, domain_id)
    rule = rules_of(claim).filter(scope=Scope.DEFAULT).first()
    if rule is None:
        # What counted without it.
        rule = DomainRule(tenant=tenant, domain=claim, scope=Scope.DEFAULT, destination=Destination.EVERY)
        rule.save(force_insert=True)
    _change(rule, wanted, actor=actor)
    return rule


def _lock(tenant: Tenant, domain_id: uuid.UUID) -> EmailDomain:
    """Hold the domain, so that two do not list one address at the same time."""
    claim = EmailDomain.objects.select_for_update().filter(tenant=tenant, pk=domain_id).first()
    if claim is None:
        raise NotFound
    return claim


def _get_special(tenant: Tenant, domain_id: uuid.UUID, rule_id: uuid.UUID) -> DomainRule:
    """Return a rule other than the default, which `set_default` is for."""
    rule = get_rule(tenant, domain_id, rule_id)
    if rule.scope == Scope.DEFAULT:
        raise NotFound
    return rule


def _change(rule: DomainRule, wanted: WantedRule, *, actor: Actor) -> None:
    old, before = rule.value, _facts(rule)
    _fill(rule, wanted)
    new, after = rule.value, _facts(rule)
    if new == old:
        return
    rule.save()
    if rule.scope == Scope.ADDRESSES:
        # Only what differs: a list can be long, and each change of it would be kept twice.
        before["addresses"] = sorted(old.addresses - new.addresses)
        after["addresses"] = sorted(new.addresses - old.addresses)
    audit.record(
        Action.DOMAIN_RULE_CHANGED, actor=actor, tenant=rule.tenant, target=rule.domain, before=before, after=after
    )


def _fill(rule: DomainRule, wanted: WantedRule) -> None:
    faults: dict[str, str] = {}
    for take in (_take_scope, _take_destination):
        try:
            take(rule, wanted)
        except ValidationFailed as error:
            faults |= error.fields
    if faults:
        raise ValidationFailed(_("The rule was not saved."), fields=faults)


def _take_scope(rule: DomainRule, wanted: WantedRule) -> None:
    others = rules_of(rule.domain).exclude(pk=rule.pk)
    if rule.scope == Scope.ADDRESSES:
        rule.addresses = addresses_in(wanted.addresses, rule.domain.name)
        listed = [address for other in others for address in other.addresses]
        if len(listed) + len(rule.addresses) > MOST_ADDRESSES:
            message = _("The rules of a domain can list %(most)d addresses; these would make %(count)d.")
            raise _refused("addresses", message % {"most": MOST_ADDRESSES, "count": len(listed) + len(rule.addresses)})
        if twice := sorted(set(listed).intersection(rule.addresses)):
            message = _("Another rule of this domain lists %(address)s already.")
            raise _refused("addresses", message % {"address": twice[0]})
    elif rule.scope == Scope.SUBDOMAIN:
        rule.subdomain = subdomain_in(wanted.subdomain, rule.domain.name)
        if others.filter(scope=Scope.SUBDOMAIN, subdomain=rule.subdomain).exists():
            raise _refused("subdomain", _("There is a rule for this sub-domain already."))


def _take_destination(rule: DomainRule, wanted: WantedRule) -> None:
    if wanted.destination not in Destination.values:
        raise _refused("destination", _("Choose one of the answers offered."))
    rule.destination, rule.connections = wanted.destination, []
    if wanted.destination != Destination.CONNECTIONS:
        return
    asked = set(wanted.connections)
    if not asked:
        raise _refused("connections", _("Choose at least one connection."))
    known = connections_of(rule.tenant).filter(pk__in=asked)
    rule.connections = sorted(known.values_list("pk", flat=True))
    if len(rule.connections) != len(asked):
        raise _refused("connections", _("There is no such connection."))


def _facts(rule: DomainRule) -> dict[str, object]:
    facts: dict[str, object] = {"for": rule.scope, "leads_to": rule.destination}
    if rule.scope == Scope.ADDRESSES:
        facts["addresses"] = list(rule.addresses)
    if rule.scope == Scope.SUBDOMAIN:
        facts["subdomain"] = rule.subdomain
    if rule.connections:
        facts["connections"] = [str(each) for each in named_connections(rule.tenant, rule.connections)]
    return facts


def _refused(field: str, message: str) -> ValidationFailed:
    return ValidationFailed(message, fields={field: message})
