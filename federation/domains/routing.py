"""Where an e-mail address leads: the rules of a proved domain. Pure.

Proving a domain shows who controls its name and every name below it, so that rules may speak of sub-domains; but an
address of a sub-domain belongs to the domain only where a rule says so. Of two proved domains the nearer one decides
alone, which is for the caller to find.

The most exact rule counts, in whatever order they were made:

1. the rule that lists the address,
2. for an address of a sub-domain, the rule of the sub-domain that is nearest above it,
3. for an address of the domain itself, its default; as long as none was chosen, every active connection.

A rule whose connections are all out of use leads to the password, on a page with all that is in use: nobody is sent
where no rule said.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

# Written for "every sub-domain".
ANY = "*"


class Scope(models.TextChoices):
    """Whom a rule is for, the most exact first."""

    ADDRESSES = "addresses", _("Listed addresses")
    SUBDOMAIN = "subdomain", _("A sub-domain")
    DEFAULT = "default", _("Everybody else")


class Destination(models.TextChoices):
    """What a rule leads to."""

    CONNECTIONS = "connections", _("Chosen connections")
    EVERY = "every", _("Every active connection")
    PASSWORD = "password", _("The password")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        scope: whom it is for.
        destination: what it leads to.
        connections: the ids of the chosen connections, for `Destination.CONNECTIONS`.
        addresses: for `Scope.ADDRESSES`, as `names.normal_address` gives them.
        subdomain: for `Scope.SUBDOMAIN`, a name in ASCII and lower case; the domain's own name for all below it.
        id: of the row that says so; None for what counts without any.
    """

    scope: Scope
    destination: Destination
    connections: tuple[uuid.UUID, ...] = ()
    addresses: frozenset[str] = frozenset()
    subdomain: str = ""
    id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of somebody with an address: the connections to go on with, or without any the password."""

    rule: Rule
    connections: tuple[uuid.UUID, ...]

    @property
    def by_password(self) -> bool:
        """Say whether the password is asked for."""
        return not self.connections

    @property
    def falls_back(self) -> bool:
        """Say whether the password is asked for because nothing that the rule names is in use."""
        return self.by_password and self.rule.destination != Destination.PASSWORD


UNTOLD = Rule(Scope.DEFAULT, Destination.EVERY)


def is_within(name: str, domain: str) -> bool:
    """Say whether a name is a domain's own or below it."""
    return name == domain or name.endswith(f".{domain}")


def names_over(name: str) -> list[str]:
    """Return a name and those above it that can be claimed, the nearest first."""
    labels = name.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def matching(domain: str, rules: Iterable[Rule], address: str) -> Rule | None:
    """Return the rule that counts for an address; None where the address is none of the domain's.

    Args:
        domain: the proved domain.
        rules: its rules, in any order. No address is listed by two of them, and no sub-domain has two.
        address: in the form of `names.normal_address`.
    """
    name = address.rpartition("@")[2]
    if not is_within(name, domain):
        return None
    told = list(rules)
    listing = next((rule for rule in told if rule.scope == Scope.ADDRESSES and address in rule.addresses), None)
    if listing is not None:
        return listing
    if name == domain:
        return next((rule for rule in told if rule.scope == Scope.DEFAULT), UNTOLD)
    above = [rule for rule in told if rule.scope == Scope.SUBDOMAIN and is_within(name, rule.subdomain)]
    return max(above, key=lambda rule: len(rule.subdomain), default=None)


def decide(rule: Rule, active: Sequence[uuid.UUID]) -> Decision:
    """Return what a rule comes to with the connections that are in use now; their order stays."""
    wanted = {Destination.EVERY: active, Destination.CONNECTIONS: rule.connections, Destination.PASSWORD: ()}
    return Decision(rule, tuple(each for each in active if each in wanted[rule.destination]))


def route(domain: str, rules: Iterable[Rule], address: str, active: Sequence[uuid.UUID]) -> Decision | None:
    """Return what becomes of somebody with an address; None where the address is none of the domain's."""
    rule = matching(domain, rules, address)
    return None if rule is None else decide(rule, active)


def overtaken(domain: str, rule: Rule, own: Iterable[str]) -> str:
    """Return the tenant's own proved domain that takes all of a rule's addresses away; empty where none does.

    Args:
        domain: the domain whose rule it is.
        rule: the rule.
        own: the names of the tenant's proved domains.
    """
    nearer = [name for name in own if name != domain and is_within(name, domain)]
    said = [address.rpartition("@")[2] for address in rule.addresses] or [rule.subdomain]
    taking = [next((each for each in nearer if is_within(name, each)), "") for name in said]
    return taking[0] if all(taking) else ""
