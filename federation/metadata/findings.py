"""Everything that can be said about metadata: one table. docs/sso-metadata.md shows it, a test compares the two."""

from federation.metadata.model import Finding, MetadataError, Severity
from federation.metadata.refusals import REFUSALS
from federation.metadata.saying import Kind
from federation.metadata.verdicts import VERDICTS

SAYINGS = REFUSALS | VERDICTS

_SEVERITIES = {Kind.ERROR: Severity.ERROR, Kind.WARNING: Severity.WARNING}


def finding(code: str, **found: object) -> Finding:
    """Return what is to be said about something that was found.

    Args:
        code: a code of the table whose kind is error or warning.
        found: the values for the places in its texts.
    """
    saying = SAYINGS[code]
    return Finding(
        severity=_SEVERITIES[saying.kind],
        code=code,
        message=str(saying.message).format(**found),
        remedy=str(saying.remedy).format(**found),
    )


def refusal(code: str, **found: object) -> MetadataError:
    """Return the error that says why nothing could be read.

    Args:
        code: a code of the table.
        found: the values for the places in its texts.
    """
    saying = SAYINGS[code]
    return MetadataError(code, str(saying.message).format(**found), str(saying.remedy).format(**found))
