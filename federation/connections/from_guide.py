"""What a connection begins with when a guide is chosen. Pure."""

from federation.connections.mapping import Mapping
from federation.guides import Guide, GuideProtocol


def kind_of(guide: Guide) -> str:
    """Return the `ConnectionKind` that a guide sets up."""
    return guide.word if guide.protocol is GuideProtocol.SOCIAL else guide.protocol.value


def recommended_mapping(guide: Guide) -> Mapping:
    """Return the mapping under which everything arrives that the guide has sent."""
    claims = {hint.target.value: hint.claim for hint in guide.attributes}
    groups = guide.groups.claim if guide.groups else claims.get("groups", "")
    return Mapping(
        email=claims.get("email", ""),
        name=claims.get("name", ""),
        given_name=claims.get("given_name", ""),
        family_name=claims.get("family_name", ""),
        groups=groups,
    )
