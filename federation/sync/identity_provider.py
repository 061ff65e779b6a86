"""An identity provider in Cognito, as the sync engine keeps it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from federation.services.connection_tests import end_tests_by
from identity.cognito import errors, identity_providers
from identity.cognito.identity_providers import IdentityProvider, secret_key
from identity.models import Family
from identity.sync.changes import Change
from identity.sync.errors import Blocked, NotYet
from identity.sync.family import Fact, ResourceFamily, Site, Step
from identity.sync.look_again import LOOK_AGAIN

_TYPE, _MAPPING, _DETAILS = "ProviderType", "AttributeMapping", "ProviderDetails."
_METADATA = "MetadataFile"
# Settings that Lifeguard leaves off; named, so that one which somebody switches on by hand is seen as drift.
_LEFT_OFF: Mapping[str, tuple[str, ...]] = {
    "SAML": ("MetadataURL", "IDPInit", "IDPSignout", "EncryptedResponses", "RequestSigningAlgorithm"),
}
# Cognito adds it by itself to the mapping of whatever has no other ("Specifying identity provider attribute mappings").
_SUBJECT = "username"


def step_of(spec: IdentityProvider) -> Step:
    """Return an identity provider as a step, which one connection stands for and holds up no other. Pure."""
    return Step(IdentityProviderFamily(), spec.name, spec, alone=True)


def retired(name: str) -> Step:
    """Return how to delete an identity provider that is not wanted any more. Pure."""
    return Step(IdentityProviderFamily(), name, IdentityProvider(name, "", {}), present=False)


class IdentityProviderFamily(ResourceFamily[IdentityProvider, IdentityProvider]):
    """An identity provider. Its name is unique in the pool, so that a create cannot happen twice."""

    family: ClassVar[Family] = Family.IDENTITY_PROVIDER

    def facts(self, spec: IdentityProvider) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        return (
            Fact("Type", spec.type),
            *([Fact("Issuer", spec.details["oidc_issuer"])] if "oidc_issuer" in spec.details else []),
            Fact("Takes over", ", ".join(sorted(spec.mapping))),
        )

    def wanted(self, spec: IdentityProvider) -> Mapping[str, Any]:
        """See `ResourceFamily`. Of a secret, and of metadata, which is long, there is a hash."""
        return {
            _TYPE: spec.type,
            _MAPPING: _mapping_lines(spec.mapping),
            **{f"{_DETAILS}{name}": None for name in _LEFT_OFF.get(spec.type, ())},
            **_shown(spec),
        }

    def observe(self, site: Site, spec: IdentityProvider) -> IdentityProvider | None:
        """Describe the identity provider."""
        return identity_providers.describe(site.pool_ref, spec.name, priority=site.priority)

    def diff(self, spec: IdentityProvider, live: IdentityProvider) -> list[Change]:
        """See `ResourceFamily`.

        Raises:
            Blocked: one of another type has its name, and Cognito changes no type.
        """
        if live.type != spec.type:
            raise Blocked(
                "WrongTypeOfProvider",
                f"The identity provider {live.name} is of the type {live.type}, and {spec.type} is wanted.",
                remedy="Delete it in Cognito; Lifeguard then makes the right one.",
            )
        wanted, there = _shown(spec), _shown(live)
        changes = [
            Change(name, there.get(name), wanted.get(name))
            for name in sorted(wanted.keys() | there.keys())
            if there.get(name) != wanted.get(name) and (name in wanted or there.get(name) != "false")
        ]
        mapping = {name: claim for name, claim in live.mapping.items() if name != _SUBJECT or name in spec.mapping}
        if mapping != dict(spec.mapping):
            changes.append(Change(_MAPPING, _mapping_lines(mapping), _mapping_lines(spec.mapping)))
        return changes

    def create(self, site: Site, spec: IdentityProvider) -> IdentityProvider:
        """Create the identity provider.

        Raises:
            NotYet: one is there that Cognito does not show yet, from a create whose answer was lost.
        """
        try:
            return identity_providers.create(site.pool_ref, spec, priority=site.priority)
        except errors.AlreadyExists as error:
            raise NotYet("Cognito has it, and does not show it yet.", delay=LOOK_AGAIN) from error

    def update(
        self, site: Site, spec: IdentityProvider, live: IdentityProvider, changes: Sequence[Change]
    ) -> IdentityProvider:
        """Write what changes, with the rest as it is: Cognito replaces the details, and the mapping, as a whole."""
        merged = merge(spec, live, {change.field for change in changes})
        return identity_providers.update(site.pool_ref, merged, priority=site.priority)

    def delete(self, site: Site, spec: IdentityProvider, live: IdentityProvider) -> None:
        """Delete it; the clients that listed it have been changed or deleted before.

        Raises:
            NotYet: a test of the connection goes by it, and has an app client that lists it.
        """
        if site.tenant is not None and end_tests_by(site.tenant, live.name):
            raise NotYet("A test that goes by it is being cleaned up.", delay=LOOK_AGAIN)
        identity_providers.delete(site.pool_ref, live.name, priority=site.priority)

    def remote_id(self, live: IdentityProvider) -> str:
        """See `ResourceFamily`."""
        return live.name


def merge(spec: IdentityProvider, live: IdentityProvider, fields: set[str]) -> IdentityProvider:
    """Return `live` with those settings of `spec` that `fields` names, by the paths of `diff`. Pure."""
    details = dict(live.details)
    for path in fields:
        name = path.removeprefix(_DETAILS)
        if name in spec.details:
            details[name] = spec.details[name]
        else:
            details.pop(name, None)
    secret = f"{_DETAILS}{secret_key(spec.type)}" in fields
    return replace(
        live,
        details=details,
        secret=spec.secret if secret else live.secret,
        mapping=spec.mapping if _MAPPING in fields else live.mapping,
    )


def _shown(provider: IdentityProvider) -> dict[str, str]:
    """The details by path, fit to be kept and shown."""
    shown = {
        f"{_DETAILS}{name}": _hash(text.strip()) if name == _METADATA else text
        for name, text in provider.details.items()
    }
    if provider.secret is not None:
        shown[f"{_DETAILS}{secret_key(provider.type)}"] = _hash(provider.secret.get_secret_value())
    return shown


def _hash(text: str) -> str:
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def _mapping_lines(mapping: Mapping[str, str]) -> list[str]:
    return [f"{name}: {claim}" for name, claim in sorted(mapping.items())]
