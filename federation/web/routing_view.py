"""What the pages show of a domain's rules, in the order in which they are tried."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from federation.domains.names import domain_of, normal_address
from federation.domains.routing import UNTOLD, Decision, Destination, Rule, Scope, decide, is_within, overtaken
from federation.models import Connection, EmailDomain
from federation.selectors.arrivals import offered_connections
from federation.selectors.domain_rules import decision_in, named_connections, proved_names, rules_of

# Of a list, what a row shows.
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in words.

    Attributes:
        id: of the rule; None for the default.
        title: whom it is for.
        detail: more of that; may be empty.
        leads_to: in words, where no connections say it.
        connections: those that the rule names, whatever their state.
        remark: why it does not do what it says; empty where it does.
    """

    id: uuid.UUID | None
    title: str
    detail: str
    leads_to: str
    connections: Sequence[Connection]
    remark: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of an address, in words.

    Attributes:
        title: what happens.
        because: the rule that says so, or why none does.
        tone: of the callout.
    """

    title: str
    because: str
    tone: str


def rule_rows(claim: EmailDomain) -> list[RuleRow]:
    """Return a domain's rules in the order in which they are tried, the default last, also where no row says it."""
    active, own = list(offered_connections(claim.tenant)), proved_names(claim.tenant)
    rules = [row.value for row in rules_of(claim)]
    listing = [rule for rule in rules if rule.scope == Scope.ADDRESSES]
    below = sorted((rule for rule in rules if rule.scope == Scope.SUBDOMAIN), key=lambda rule: -len(rule.subdomain))
    default = default_of(rules)
    return [_row(claim, rule, active, own) for rule in (*listing, *below, default)]


def default_of(rules: Sequence[Rule]) -> Rule:
    """Return what counts for addresses that no other rule is for."""
    return next((rule for rule in rules if rule.scope == Scope.DEFAULT), UNTOLD)


def outcome_of(claim: EmailDomain, typed: str) -> Outcome:
    """Say what becomes of an address that somebody tries out, as if the domain were proved.

    Only what the tenant has is looked at, so that nobody learns here what others have proved.
    """
    address = normal_address(typed)
    if not address:
        return Outcome(_("This is no e-mail address."), "", "warning")
    name = domain_of(address)
    if not is_within(name, claim.name):
        return Outcome(_("This is no address of %(domain)s.") % {"domain": claim.name}, "", "warning")
    nearer = [other for other in proved_names(claim.tenant) if is_within(name, other) and len(other) > len(claim.name)]
    if nearer:
        return Outcome(_("The rules of your domain %(domain)s decide.") % {"domain": max(nearer, key=len)}, "", "info")
    active = list(offered_connections(claim.tenant))
    if not active:
        because = _("None of your connections is active, so that no rule counts.")
        return Outcome(_here(claim), because, "info")
    decision = decision_in(claim, address, active=[each.pk for each in active])
    if decision is None:
        because = _("No rule is for %(name)s: its addresses are treated like any other.") % {"name": name}
        return Outcome(_here(claim), because, "info")
    return Outcome(_what_happens(claim, decision, active), _because(claim, decision), "success")


def _here(claim: EmailDomain) -> str:
    """Return what becomes of those whom no rule leads elsewhere."""
    if claim.tenant.policy.password_allowed:
        return _("They are asked for a password.")
    return _("They sign in here, by a code or a passkey.")


def _what_happens(claim: EmailDomain, decision: Decision, active: Sequence[Connection]) -> str:
    names = [each.name for each in active if each.pk in decision.connections]
    if not names:
        return _here(claim)
    if len(names) == 1:
        return _("They go on to %(name)s at once.") % {"name": names[0]}
    return _("They choose between %(names)s.") % {"names": ", ".join(names)}


def _because(claim: EmailDomain, decision: Decision) -> str:
    title, _detail = _whom(claim, decision.rule)
    said = _("By the rule “%(title)s”.") % {"title": title}
    return f"{said} {_out_of_use(decision.rule)}" if decision.falls_back else said


def _row(claim: EmailDomain, rule: Rule, active: Sequence[Connection], own: Sequence[str]) -> RuleRow:
    title, detail = _whom(claim, rule)
    return RuleRow(
        id=None if rule.scope == Scope.DEFAULT else rule.id,
        title=title,
        detail=detail,
        leads_to=_leads_to(claim, rule, active),
        connections=list(named_connections(claim.tenant, rule.connections)),
        remark=_remark(claim, rule, active, own),
    )


def _whom(claim: EmailDomain, rule: Rule) -> tuple[str, str]:
    match rule.scope:
        case Scope.ADDRESSES:
            addresses = sorted(rule.addresses)
            more = len(addresses) - _SHOWN
            title = ngettext("%(count)d listed address", "%(count)d listed addresses", len(addresses))
            shown = ", ".join(addresses[:_SHOWN])
            detail = _("%(shown)s and %(count)d more") % {"shown": shown, "count": more} if more > 0 else shown
            return title % {"count": len(addresses)}, detail
        case Scope.SUBDOMAIN if rule.subdomain == claim.name:
            return _("Every sub-domain of %(domain)s") % {"domain": claim.name}, ""
        case Scope.SUBDOMAIN:
            return rule.subdomain, _("and what is below it")
    return _("Everybody else at %(domain)s") % {"domain": claim.name}, ""


def _leads_to(claim: EmailDomain, rule: Rule, active: Sequence[Connection]) -> str:
    if rule.destination == Destination.PASSWORD:
        return _("The password") if claim.tenant.policy.password_allowed else _("A code or a passkey")
    if rule.destination == Destination.EVERY:
        return _("Every active connection") if len(active) != 1 else _("The active connection")
    return ""


def _remark(claim: EmailDomain, rule: Rule, active: Sequence[Connection], own: Sequence[str]) -> str:
    if other := overtaken(claim.name, rule, own):
        return _("%(domain)s is a domain of your own, and its rules decide.") % {"domain": other}
    return _out_of_use(rule) if decide(rule, [each.pk for each in active]).falls_back else ""


def _out_of_use(rule: Rule) -> str:
    if rule.destination == Destination.EVERY:
        return _("No connection is active, so they sign in here.")
    return _("No connection that it names is active, so they sign in here, or by any that is active.")
