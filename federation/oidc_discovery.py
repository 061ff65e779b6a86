"""What an OpenID Connect provider says about itself, and whether Cognito can work with it."""

from dataclasses import dataclass

from federation.metadata.model import Finding
from tenants.errors import DomainError


@dataclass(frozen=True)
class Discovered:
    """An OpenID Connect provider that Cognito can work with, unless there are errors among the findings.

    Args:
        issuer: its issuer, exactly as it names itself.
        authorize_url, token_url, userinfo_url, jwks_url: its endpoints.
        scopes: the scopes that it says it supports; may be empty.
        findings: what is to be said about it, errors first.
    """

    issuer: str
    authorize_url: str
    token_url: str
    userinfo_url: str
    jwks_url: str
    scopes: tuple[str, ...]
    findings: tuple[Finding, ...]


class DiscoveryError(DomainError):
    """There is no usable discovery document at the issuer; `code`, `message`, `remedy` as MetadataError has them."""

    status = 422

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code = code
        self.remedy = remedy


def discover(issuer: str) -> Discovered:
    raise NotImplementedError
