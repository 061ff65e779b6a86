"""Everything that can be said about metadata: one table. docs/sso-metadata.md shows it, a test compares the two."""

from federation.metadata.model import MetadataError
from federation.metadata.refusals import REFUSALS
from federation.metadata.verdicts import VERDICTS
from federation.sayings import Finding, finding_of

SAYINGS = REFUSALS | VERDICTS


def finding(code: str, **found: object) -> Finding:
    """Return what is to be said about something; `found` has the values for the places in the texts."""
    return finding_of(SAYINGS, code, found)


def refusal(code: str, **found: object) -> MetadataError:
    """Return why nothing could be read; `found` has the values for the places in the texts."""
    return MetadataError(code, *SAYINGS[code].filled(found))
