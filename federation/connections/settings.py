"""What is configured of a connection, secrets apart. Frozen, and the same as JSON in a version's row."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


@dataclass(frozen=True)
class _Settings:
    """Settings of one kind of connection. What is empty has not been entered yet."""

    def to_json(self) -> dict[str, Any]:
        """Return them as JSON: what a version keeps."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in dataclasses.asdict(self).items()
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return what `to_json` gave. What an older version did not have is as it is by default."""
        known = {field.name for field in dataclasses.fields(cls)}
        return cls(
            **{
                name: tuple(value) if isinstance(value, list) else value
                for name, value in data.items()
                if name in known
            }
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """The fields without which it cannot be put into Cognito."""
        return ()

    @property
    def destination(self) -> tuple[str, ...]:
        """Where a secret is sent to. Another destination must not get a secret that was entered for this one."""
        return ()

    def for_test(self) -> Self:
        """Return them as a test of the connection can have them."""
        return self


@dataclass(frozen=True)
class SamlSettings(_Settings):
    """A SAML 2.0 identity provider.

    Args:
        source: where the metadata is from: "url", "file", "paste" or "fields"; empty before any was given.
        metadata_url: fetched by us alone; Cognito gets the text.
        metadata: one EntityDescriptor, as `federation.metadata` made it.
        entity_id: the identity provider's own name.
        sso_url: where people are sent to sign in.
        slo_url: where they are sent to sign out; may be empty.
        certificates: what it signs with, as PEM.
        name_id_format: what the guide asks for; Cognito takes whatever comes.
        sign_requests: whether Cognito signs its requests ("RequestSigningAlgorithm" in CreateIdentityProvider).
        encrypt_assertions: whether Cognito takes encrypted assertions, and no others ("EncryptedResponses").
        sign_out_there: whether signing out here ends the identity provider's session, too ("IDPSignout").
    """

    source: str = ""
    metadata_url: str = ""
    metadata: str = ""
    entity_id: str = ""
    sso_url: str = ""
    slo_url: str = ""
    certificates: tuple[str, ...] = ()
    name_id_format: str = PERSISTENT
    sign_requests: bool = False
    encrypt_assertions: bool = False
    sign_out_there: bool = False

    @property
    def missing(self) -> tuple[str, ...]:
        """See `_Settings`."""
        return () if self.metadata and self.entity_id else ("metadata",)

    @property
    def ends_session_there(self) -> bool:
        """Say whether signing out here goes on at the identity provider, which has to have an address for it."""
        return self.sign_out_there and bool(self.slo_url)

    def for_test(self) -> Self:
        """See `_Settings`.

        The identity provider of a test has a key pair of its own in Cognito, for which the remote party does not
        encrypt; and a test that signed its person out there would sign the administrator out.
        """
        return dataclasses.replace(self, encrypt_assertions=False, sign_out_there=False)


@dataclass(frozen=True)
class OidcSettings(_Settings):
    """An OpenID provider. The four addresses are as discovered (or entered, where it cannot be discovered).

    Args:
        issuer: the issuer's URL, exactly as its discovery document says it.
        client_id: what it knows Cognito by.
        scopes: what is asked for, separated by spaces; `openid` is among them.
        authorize_url: where people are sent to sign in.
        token_url: where Cognito exchanges the code, and sends the secret to.
        userinfo_url: where Cognito reads attributes.
        jwks_url: where its keys are.
        attributes_request_method: how Cognito asks the userinfo endpoint: "GET" or "POST".
    """

    issuer: str = ""
    client_id: str = ""
    scopes: str = "openid email profile"
    authorize_url: str = ""
    token_url: str = ""
    userinfo_url: str = ""
    jwks_url: str = ""
    attributes_request_method: str = "GET"

    @property
    def missing(self) -> tuple[str, ...]:
        """See `_Settings`."""
        needed = ("issuer", "client_id", "authorize_url", "token_url", "userinfo_url", "jwks_url")
        return tuple(name for name in needed if not getattr(self, name))

    @property
    def destination(self) -> tuple[str, ...]:
        """See `_Settings`. Cognito discovers addresses from the issuer too, so that it counts as one."""
        return (self.issuer, self.token_url, self.userinfo_url, self.authorize_url, self.jwks_url)


@dataclass(frozen=True)
class SocialSettings(_Settings):
    """One of the four providers whose addresses Cognito knows itself, so that no secret can go elsewhere.

    Args:
        client_id: the application's id there.
        scopes: what is asked for, separated as that provider wants it.
        api_version: of Facebook's Graph API, such as "v19.0".
        team_id: Apple's.
        key_id: Apple's; the private key itself is the secret.
    """

    client_id: str = ""
    scopes: str = ""
    api_version: str = ""
    team_id: str = ""
    key_id: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """See `_Settings`."""
        return tuple(name for name in ("client_id", "scopes") if not getattr(self, name))


Settings: TypeAlias = SamlSettings | OidcSettings | SocialSettings


def empty_settings(kind: str) -> Settings:
    """Return what a new connection of a kind (`ConnectionKind`) begins with."""
    return settings_from_json(kind, {})


def settings_from_json(kind: str, data: Mapping[str, Any]) -> Settings:
    """Return the settings that a version of a connection of this kind (`ConnectionKind`) keeps."""
    if kind == "saml":
        return SamlSettings.from_json(data)
    if kind == "oidc":
        return OidcSettings.from_json(data)
    return SocialSettings.from_json(data)


def needs_secret(kind: str) -> bool:
    """Say whether a connection of this kind works only with a secret. SAML has none: its keys are public."""
    return kind != "saml"
