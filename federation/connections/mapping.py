"""From what an identity provider says of a person to what we know of them."""

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class GroupRule:
    """Whoever is in the group `value` at the identity provider is in our group and has our role.

    Args:
        value: the group as it is sent, compared exactly.
        group: the name of a group of the tenant; empty for none.
        role: a `TenantRole`; empty for none.
    """

    value: str
    group: str = ""
    role: str = ""


@dataclass(frozen=True)
class Mapping:
    """Which claim (OpenID Connect) or attribute (SAML) holds what.

    Args:
        email: needed: a person without an address cannot be told from another.
        name: the full name; empty where none is sent.
        given_name: likewise.
        family_name: likewise.
        groups: the claim with the person's groups; empty where none are sent.
        methods: the claim that says by what the person signed in there; empty where none is sent.
        custom: custom attributes of the pool, by their names without `custom:`.
        rules: what a group there gives here.
    """

    email: str = ""
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    groups: str = ""
    methods: str = ""
    custom: MappingType[str, str] = field(default_factory=dict)
    rules: tuple[GroupRule, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON: what a version keeps."""
        return {
            "email": self.email,
            "name": self.name,
            "given_name": self.given_name,
            "family_name": self.family_name,
            "groups": self.groups,
            "methods": self.methods,
            "custom": dict(sorted(self.custom.items())),
            "rules": [{"value": rule.value, "group": rule.group, "role": rule.role} for rule in self.rules],
        }

    @classmethod
    def from_json(cls, data: MappingType[str, Any]) -> Self:
        """Return what `to_json` gave."""
        names = ("email", "name", "given_name", "family_name", "groups", "methods")
        return cls(
            **{name: str(data.get(name, "")) for name in names},
            custom=dict(data.get("custom", {})),
            rules=tuple(GroupRule(**rule) for rule in data.get("rules", ())),
        )
