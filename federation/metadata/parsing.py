"""From bytes to one identity provider, with everything that is to be said about it."""

from collections.abc import Sequence
from datetime import datetime

from federation.metadata.model import Choice, ParsedMetadata


def parse(data: bytes, *, entity_id: str = "", now: datetime) -> ParsedMetadata | Choice:
    raise NotImplementedError


def build(
    entity_id: str,
    sso_url: str,
    slo_url: str = "",
    certificates: Sequence[str] = (),
    *,
    now: datetime,
) -> ParsedMetadata:
    raise NotImplementedError
