"""What Cognito's ID token says of somebody who came by an identity provider. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote_plus

from federation.connections.mapping import GroupRule
from federation.connections.mapping import Mapping as ClaimMapping
from tenants.permissions import TenantRole
from tenants.pool_options import GROUPS_ATTRIBUTE, METHODS_ATTRIBUTE

_LIST = re.compile(r"\[(.*)\]", re.DOTALL)
# The higher role stands where several rules apply.
_ORDER = (TenantRole.OWNER, TenantRole.ADMIN, TenantRole.AUDITOR)


@dataclass(frozen=True)
class Claims:
    """A person as their identity provider describes them, as far as it is mapped.

    Args:
        email: in lower case, if it is ASCII; empty where none came.
        name: the full name, or given and family name joined.
        groups: as they are called there.
        methods: by what they signed in there, in its words.
        custom: custom attributes of the pool, by their names without `custom:`.
    """

    email: str = ""
    name: str = ""
    groups: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    custom: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return them as they are kept and shown."""
        return {
            "email": self.email,
            "name": self.name,
            "groups": list(self.groups),
            "methods": list(self.methods),
            "custom": dict(self.custom),
        }


def claims_of(attributes: Mapping[str, Any], mapping: ClaimMapping) -> Claims:
    """Return what a verified ID token of Cognito's says.

    Only what is mapped now is read: what an earlier mapping wrote stays on the user in Cognito.

    Args:
        attributes: all claims of the token.
        mapping: the connection's.
    """

    def said(claim: str, name: str) -> str:
        return str(attributes.get(name, "")).strip() if claim else ""

    full = " ".join(said(mapping.name, "name").split())
    parts = (said(mapping.given_name, "given_name"), said(mapping.family_name, "family_name"))
    return Claims(
        email=_lower(said(mapping.email, "email")),
        name=full or " ".join(" ".join(parts).split()),
        groups=values_of(said(mapping.groups, f"custom:{GROUPS_ATTRIBUTE}")),
        methods=values_of(said(mapping.methods, f"custom:{METHODS_ATTRIBUTE}")),
        custom={name: said(claim, f"custom:{name}") for name, claim in mapping.custom.items()},
    )


def _lower(address: str) -> str:
    """Other letters stay as they are, for `tenants.text.clean_email` to judge: some become ASCII in lower case."""
    return address.lower() if address.isascii() else address


def values_of(text: str) -> tuple[str, ...]:
    """Return the values of a claim that may have several.

    Cognito makes one text of them, `[a, b]`, each value form-encoded (developer guide, "Specifying identity provider
    attribute mappings"); a single one comes as it is.
    """
    several = _LIST.fullmatch(text)
    values = [unquote_plus(value.strip()) for value in several[1].split(",")] if several else [text]
    return tuple(dict.fromkeys(value for value in values if value))


def rules_that_apply(mapping: ClaimMapping, claims: Claims) -> tuple[GroupRule, ...]:
    """Return the rules of the groups that the person is in."""
    return tuple(rule for rule in mapping.rules if rule.value in claims.groups)


def role_from(rules: tuple[GroupRule, ...], default: str) -> str:
    """Return the highest role that rules give; `default` where they give none."""
    given = {rule.role for rule in rules}
    return next((role.value for role in _ORDER if role in given), default)
