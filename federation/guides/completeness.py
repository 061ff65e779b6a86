"""What a guide must hold to lead somebody to a working connection, beyond being well formed."""

from collections.abc import Iterator

from federation.guides.parts import Guide, GuideProtocol, MetadataBy, OurValue, Target, TheirValue

FEWEST_STEPS = 3
FEWEST_MISTAKES = 3
NEEDED_OF_US = {
    GuideProtocol.SAML: frozenset({OurValue.ACS_URL, OurValue.ENTITY_ID}),
    GuideProtocol.OIDC: frozenset({OurValue.REDIRECT_URI}),
}
OF_SAML_FIELDS = frozenset({TheirValue.ENTITY_ID, TheirValue.SSO_URL, TheirValue.CERTIFICATE})
OF_OIDC = frozenset({TheirValue.ISSUER, TheirValue.CLIENT_ID, TheirValue.CLIENT_SECRET})
PASTED_BY = {
    MetadataBy.URL: frozenset({TheirValue.METADATA_URL}),
    MetadataBy.FILE: frozenset({TheirValue.METADATA_FILE}),
    MetadataBy.FIELDS: OF_SAML_FIELDS,
}


def missing(guide: Guide) -> Iterator[str]:
    """Say what a guide lacks, each as a sentence that begins with the field."""
    if not guide.sources:
        yield "sources: is missing"
    if len(guide.steps) < FEWEST_STEPS:
        yield f"steps: {len(guide.steps)}, fewer than {FEWEST_STEPS}"
    if len(guide.mistakes) < FEWEST_MISTAKES:
        yield f"mistakes: {len(guide.mistakes)}, fewer than {FEWEST_MISTAKES}"
    if not any(hint.target is Target.EMAIL and hint.required for hint in guide.attributes):
        yield "attributes: no required one for email"
    for value in sorted(NEEDED_OF_US[guide.protocol] - guide.copied()):
        yield f"steps: none copies {value}"
    yield from _of_saml(guide) if guide.protocol is GuideProtocol.SAML else _of_oidc(guide)


def _of_saml(guide: Guide) -> Iterator[str]:
    if not guide.metadata_by:
        yield "metadata_by: is missing"
    for way in guide.metadata_by:
        for value in sorted(PASTED_BY[way] - guide.pasted()):
            yield f"steps: none asks for {value}, which metadata_by {way} needs"
    if guide.name_id is None:
        yield "name_id: is missing"
    for value in sorted(OF_OIDC & guide.pasted()):
        yield f"steps: {value} is of OpenID Connect"


def _of_oidc(guide: Guide) -> Iterator[str]:
    for value in sorted(OF_OIDC - guide.pasted()):
        yield f"steps: none asks for {value}"
    if guide.metadata_by:
        yield "metadata_by: is of SAML"
    if guide.name_id is not None:
        yield "name_id: is of SAML"
    for value in sorted((frozenset(TheirValue) - OF_OIDC) & guide.pasted()):
        yield f"steps: {value} is of SAML"
