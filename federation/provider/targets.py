"""What an access token is for: which APIs (`aud`), and which scopes there (RFC 8707, RFC 9068 section 3). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from authlib.oauth2 import OAuth2Error

MOST_RESOURCES = 10


class InvalidTarget(OAuth2Error):  # type: ignore[misc]  # Authlib ships no types
    """What is asked for is no API of this application's (RFC 8707 section 2). The error does not repeat it."""

    error = "invalid_target"
    description = "resource is none that this application may have tokens for."


@dataclass(frozen=True, slots=True)
class Offer:
    """What an application may have tokens for.

    Args:
        own: the application's own audience, for which every token is that asks for no API.
        apis: identifiers of further APIs, with the scopes that it may have there. Its own may be among them.
        about_people: scopes of OpenID Connect, which count whatever a token is for.
    """

    own: str
    apis: Mapping[str, frozenset[str]]
    about_people: frozenset[str]

    @property
    def audiences(self) -> frozenset[str]:
        """Everything that a token can be for."""
        return frozenset({self.own, *self.apis})

    def scopes_at(self, audiences: Iterable[str]) -> frozenset[str]:
        """Return the scopes that a token for some audiences can have."""
        return self.about_people.union(*(self.apis.get(audience, frozenset()) for audience in audiences))


@dataclass(frozen=True, slots=True)
class Target:
    """What one token is for, and the scopes that it can have there."""

    audiences: tuple[str, ...]
    scopes: frozenset[str]

    def narrowed(self, scope: str) -> str:
        """Return of a scope what counts here; everything else is left out (OpenID Connect Core section 3.1.2.1)."""
        return " ".join(dict.fromkeys(name for name in scope.split() if name in self.scopes))


def asked_for(offer: Offer, scope: str, resources: Sequence[str]) -> Target:
    """Return what somebody asks for who begins.

    Without `resource`, the scopes say where they count, and without any of an API's it is the application's own.

    Raises:
        InvalidTarget: not something that the application may have tokens for.
    """
    _check(resources, offer.audiences)
    names = set(scope.split())
    meant = resources or [api for api, scopes in sorted(offer.apis.items()) if scopes & names] or [offer.own]
    return _target(offer, meant)


def of_granted(offer: Offer, granted: Sequence[str], resources: Sequence[str]) -> Target:
    """Return what a token is for that comes of something granted before: all of it, or what is named of it.

    What the application was taken away since is left out.

    Args:
        offer: as it is now.
        granted: the audiences; none for the application's own.
        resources: which of them are asked for now; empty for all.

    Raises:
        InvalidTarget: something else is asked for, or nothing is left.
    """
    before = granted or [offer.own]
    _check(resources, frozenset(before))
    meant = [audience for audience in resources or before if audience in offer.audiences]
    if not meant:
        raise InvalidTarget
    return _target(offer, meant)


def _check(resources: Sequence[str], allowed: frozenset[str]) -> None:
    if len(resources) > MOST_RESOURCES or not allowed.issuperset(resources):
        raise InvalidTarget


def _target(offer: Offer, audiences: Sequence[str]) -> Target:
    return Target(tuple(dict.fromkeys(audiences)), offer.scopes_at(audiences))
