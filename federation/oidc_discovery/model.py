"""What was found out about an OpenID Connect provider, or why nothing was."""

from dataclasses import dataclass

from federation.metadata.model import Finding, Severity
from tenants.errors import DomainError


@dataclass(frozen=True)
class Discovered:
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

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What has to be repaired before the connection can work."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What works, but should be known."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.WARNING)


class DiscoveryError(DomainError):
    """There is no usable discovery document at the issuer.

    Args:
        code: stable name; docs/sso-metadata.md has the table.
        message: what was found, as whole sentences.
        remedy: what to do about it, and where.
    """

    status = 422

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code = code
        self.remedy = remedy
