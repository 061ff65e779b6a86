"""What a test of a connection sent, what came back, and what that would have led to. Pure.

As JSON in `ConnectionTest`: `sent` has `ours` (our request to Cognito) and `theirs` (Cognito's to the identity
provider), each a `Request`; `report` is a `Report`.
"""

import base64
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# Causes of a test that did not pass, by the code of `ConnectionTest`.
CAUSES: dict[str, Promise] = {
    "refused": _("The identity provider, or Cognito, refused."),
    "no_email": _("The sign-in worked, but no usable e-mail address came, without which nobody can be let in."),
    "other_session": _("What came back is not about the person and the request of this test."),
    "expired": _("Cognito did not accept the code that came back."),
    "changed": _("The connection was changed while the test was under way."),
    "unavailable": _("Cognito could not be reached when the answer came."),
    "not_accepted_by_cognito": _("Cognito does not take these settings."),
    "not_prepared": _("The test could not be prepared in time."),
    "not_opened": _("The test was not opened in time."),
    "abandoned": _("Nobody came back: it was abandoned at the identity provider or at Cognito."),
    "canceled_here": _("The test was canceled."),
}
_LONGEST = 100_000
# Good for one sign-in, and nobody's business afterwards.
_HIDDEN = ("state", "nonce", "code_challenge", "RelayState")
_SHOWN_LENGTH = 4000


@dataclass(frozen=True)
class Request:
    """A request that a browser carried: where to, its parameters, and the XML in it, if it is SAML's."""

    address: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    document: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return asdict(self)


@dataclass(frozen=True)
class Report:
    """What came of a sign-in that came back.

    Args:
        attributes: what Cognito's ID token says, as far as it is from the identity provider.
        status: "new", "existing" or "refused": what would become of the person here.
        reason: why they would be refused, a code of `federation.connections.failures`.
        email: of the user that would result.
        name: likewise.
        role: likewise; empty for none.
        groups: the person's groups here.
        claimed_groups: their groups at the identity provider.
        token: the claims that our ID token would carry, of those that are the same for every application.
        applications: by the name of each of the tenant's applications, the roles that its tokens would say.
    """

    attributes: Mapping[str, str] = field(default_factory=dict)
    status: str = ""
    reason: str = ""
    email: str = ""
    name: str = ""
    role: str = ""
    groups: tuple[str, ...] = ()
    claimed_groups: tuple[str, ...] = ()
    token: Mapping[str, Any] = field(default_factory=dict)
    applications: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {**asdict(self), "groups": list(self.groups), "claimed_groups": list(self.claimed_groups)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return what `to_json` gave."""
        several = {name: tuple(data.get(name, ())) for name in ("groups", "claimed_groups")}
        known = {name: value for name, value in data.items() if name in cls.__dataclass_fields__}
        return cls(**{**known, **several})


def request_of(address: str) -> Request:
    """Return an address to which a browser was sent, as it may be shown: what is good for one sign-in is left out.

    An AuthnRequest is unpacked (SAML 2.0 bindings, section 3.4.4.1: deflated, then in Base64).
    """
    parts = urlsplit(address)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    shown = {name: "…" if name in _HIDDEN else text[:_SHOWN_LENGTH] for name, text in given.items()}
    packed = shown.pop("SAMLRequest", "") and given["SAMLRequest"]
    return Request(f"{parts.scheme}://{parts.netloc}{parts.path}", shown, _unpacked(packed) if packed else "")


def attributes_shown(attributes: Mapping[str, Any]) -> dict[str, str]:
    """Return those claims of Cognito's ID token that are from the identity provider."""
    names = ("email", "name", "given_name", "family_name")
    return {
        name: str(value)[:_SHOWN_LENGTH]
        for name, value in sorted(attributes.items())
        if name in names or name.startswith("custom:")
    }


def _unpacked(packed: str) -> str:
    try:
        raw = zlib.decompressobj(wbits=-15).decompress(base64.b64decode(packed), _LONGEST)
        return raw.decode()
    except (ValueError, zlib.error):
        return packed[:_SHOWN_LENGTH]
