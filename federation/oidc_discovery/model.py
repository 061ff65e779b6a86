"""What was found out about an OpenID Connect provider, or why nothing was."""

from dataclasses import dataclass

from federation.sayings import Finding, Judged, NotUsable


@dataclass(frozen=True)
class Discovered(Judged):
    """An OpenID Connect provider that Cognito can work with, unless there are errors among the findings.

    Args:
        issuer: its issuer, exactly as it names itself.
        authorize_url: where people are sent to sign in; "" where it is not named, which is an error.
        token_url: where Cognito exchanges the code.
        userinfo_url: where Cognito reads attributes.
        jwks_url: where its keys are.
        scopes: the scopes that it says it supports; empty where it says nothing.
        findings: what is to be said about it, errors first.
    """

    issuer: str
    authorize_url: str
    token_url: str
    userinfo_url: str
    jwks_url: str
    scopes: tuple[str, ...]
    findings: tuple[Finding, ...]


class DiscoveryError(NotUsable):
    """There is no usable discovery document at the issuer."""
