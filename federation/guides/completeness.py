"""What a guide must hold to lead somebody to a working connection, beyond being well formed."""

from collections.abc import Iterator

from federation.guides.parts import Guide, GuideProtocol, MetadataBy, OurValue, Switch, Target, TheirValue

FEWEST_STEPS = 3
FEWEST_MISTAKES = 3
NEEDED_OF_US = {
    GuideProtocol.SAML: frozenset({OurValue.ACS_URL, OurValue.ENTITY_ID}),
    GuideProtocol.OIDC: frozenset({OurValue.REDIRECT_URI}),
    GuideProtocol.SOCIAL: frozenset({OurValue.REDIRECT_URI}),
}
OF_SAML_FIELDS = frozenset({TheirValue.ENTITY_ID, TheirValue.SSO_URL, TheirValue.CERTIFICATE})
OF_OIDC = frozenset({TheirValue.ISSUER, TheirValue.CLIENT_ID, TheirValue.CLIENT_SECRET})
# Apple has a client sign its own secrets, so that it gives a key where the other three give a secret.
OF_SOCIAL = dict.fromkeys(("google", "facebook", "amazon"), frozenset({TheirValue.CLIENT_ID, TheirValue.CLIENT_SECRET}))
OF_SOCIAL["apple"] = frozenset({TheirValue.CLIENT_ID, TheirValue.TEAM_ID, TheirValue.KEY_ID, TheirValue.PRIVATE_KEY})
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
    if sum(step.attributes for step in guide.steps) > 1:
        yield "steps: more than one shows the attributes"
    for value in sorted(NEEDED_OF_US[guide.protocol] - guide.copied()):
        yield f"steps: none copies {value}"
    yield from OF_PROTOCOL[guide.protocol](guide)
    yield from _of_switches(guide)


def _of_switches(guide: Guide) -> Iterator[str]:
    switches = [hint.switch for hint in guide.switches]
    for switch in sorted(set(switches)):
        if switches.count(switch) > 1:
            yield f"switches: {switch} is there more than once"
        if guide.protocol is not GuideProtocol.SAML and switch is not Switch.BOOKMARK:
            yield f"switches: {switch} is of SAML"


def _of_saml(guide: Guide) -> Iterator[str]:
    if not guide.metadata_by:
        yield "metadata_by: is missing"
    for way in guide.metadata_by:
        for value in sorted(PASTED_BY[way] - guide.pasted()):
            yield f"steps: none asks for {value}, which metadata_by {way} needs"
    if guide.name_id is None:
        yield "name_id: is missing"
    for value in sorted((OF_OIDC | OF_SOCIAL["apple"]) & guide.pasted()):
        yield f"steps: {value} is not of SAML"


def _of_oidc(guide: Guide) -> Iterator[str]:
    yield from _of_oauth(guide, OF_OIDC)


def _of_social(guide: Guide) -> Iterator[str]:
    if guide.word not in OF_SOCIAL:
        yield f"word: {guide.word!r} is not one of {', '.join(sorted(OF_SOCIAL))}"
        return
    yield from _of_oauth(guide, OF_SOCIAL[guide.word])


def _of_oauth(guide: Guide, needed: frozenset[TheirValue]) -> Iterator[str]:
    for value in sorted(needed - guide.pasted()):
        yield f"steps: none asks for {value}"
    for value in sorted(guide.pasted() - needed):
        yield f"steps: {value} is not of this protocol"
    if guide.metadata_by:
        yield "metadata_by: is of SAML"
    if guide.name_id is not None:
        yield "name_id: is of SAML"


OF_PROTOCOL = {GuideProtocol.SAML: _of_saml, GuideProtocol.OIDC: _of_oidc, GuideProtocol.SOCIAL: _of_social}
