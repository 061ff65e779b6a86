"""What is said of what tenants name or give us: a message and a remedy for each thing that can be wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.errors import DomainError

NOTHING_TO_DO = _("There is nothing to do.")


class Severity(StrEnum):
    """What a finding means for the connection."""

    ERROR = "error"  # It cannot work like this: Cognito, or every sign-in, would refuse it.
    WARNING = "warning"  # It works, but somebody should know.


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or noteworthy, for the person who set the connection up.

    Args:
        severity: whether it can work like this.
        code: stable name; docs/sso-metadata.md has the table.
        message: what was found, as whole sentences.
        remedy: what to do about it, and where.
    """

    severity: Severity
    code: str
    message: str
    remedy: str


class Judged:
    """Something of which findings are known."""

    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What has to be repaired before the connection can work."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What works, but should be known."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.WARNING)


class NotUsable(DomainError):
    """What was named or given cannot be used at all.

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


class Kind(StrEnum):
    """When something is said."""

    REFUSED = "refused"  # Nothing could be read.
    ERROR = "error"  # It was read, and cannot work.
    WARNING = "warning"  # It works, but somebody should know.


@dataclass(frozen=True)
class Saying:
    """A message and its remedy; both may have places for what was found, as `str.format` has them."""

    kind: Kind
    message: Promise
    remedy: Promise

    def filled(self, found: Mapping[str, object]) -> tuple[str, str]:
        """Return both, with what was found in its places."""
        return str(self.message).format(**found), str(self.remedy).format(**found)


def refused(message: Promise, remedy: Promise) -> Saying:
    """Say why nothing could be read."""
    return Saying(Kind.REFUSED, message, remedy)


def error(message: Promise, remedy: Promise) -> Saying:
    """Say why it cannot work."""
    return Saying(Kind.ERROR, message, remedy)


def warning(message: Promise, remedy: Promise) -> Saying:
    """Say what should be known."""
    return Saying(Kind.WARNING, message, remedy)


def finding_of(sayings: Mapping[str, Saying], code: str, found: Mapping[str, object]) -> Finding:
    """Return what is to be said about something that was found.

    Args:
        sayings: a table.
        code: a code of it whose kind is error or warning.
        found: the values for the places in its texts.
    """
    return Finding(Severity(sayings[code].kind), code, *sayings[code].filled(found))
