"""Every guide that ships is read, can be shown, and says whose documentation its facts are from."""

import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from federation.guides import Guide, GuideProtocol, OurValue, Target, UnknownGuide, all_guides, guide, to_html

GUIDES = {one.slug: one for one in all_guides()}
# The sites on which a vendor documents its product; a path stands for its own part of a site that others use too.
# A guide for another vendor adds its own here.
VENDORS = {
    "adfs": {"microsoft.com"},
    "amazon": {"amazon.com"},
    "apple": {"apple.com"},
    "auth0": {"auth0.com", "github.com/auth0"},
    "aws": {"amazon.com"},
    # What is CyberArk Identity today was made by Centrify, whose pages remain.
    "cyberark": {"cyberark.com", "centrify.com"},
    # Duo belongs to Cisco.
    "duo": {"duo.com", "cisco.com"},
    "entra": {"microsoft.com"},
    "facebook": {"facebook.com"},
    "generic": {"oasis-open.org", "openid.net", "rfc-editor.org", "ietf.org"},
    "google": {"google.com"},
    "jumpcloud": {"jumpcloud.com"},
    "keycloak": {"keycloak.org", "github.com/keycloak"},
    "okta": {"okta.com"},
    "onelogin": {"onelogin.com", "onelogin.service-now.com"},
    "pingfederate": {"pingidentity.com"},
    "pingone": {"pingidentity.com"},
    "rippling": {"rippling.com"},
    "shibboleth": {"shibboleth.net", "shibboleth.atlassian.net"},
}
# What Cognito asks of every IdP is said by AWS.
COGNITO = {"aws.amazon.com", "repost.aws"}
# Where a page of the vendor's own could not be read: the guides of other products, which agree with each other.
AGREED_ELSEWHERE = {
    "cyberark": {"digitsec.com", "britive.com"},
    "onelogin": {"cryptr.co", "workstars.com", "supportcenterplus.com"},
    "rippling": {"ory.sh", "frontegg.com", "strongdm.com", "securityjourney.com"},
}
every_guide = pytest.mark.parametrize("one", GUIDES.values(), ids=GUIDES.keys())


def texts(one: Guide) -> Iterator[str]:
    yield from (one.needs, one.test)
    for step in one.steps:
        yield step.text
        yield from (copy.note for copy in step.copy)
        yield from (paste.note for paste in step.paste)
    for hint in one.switches:
        yield hint.step.text
        yield from (copy.note for copy in hint.step.copy)
    for mistake in one.mistakes:
        yield from (mistake.symptom, mistake.remedy)
    if one.groups is not None:
        yield one.groups.text
    if one.name_id is not None:
        yield one.name_id.text


def labels(one: Guide) -> Iterator[str]:
    yield from (one.name, one.variant)
    for step in one.steps:
        yield step.title
        yield from step.place
        yield from (copy.field for copy in step.copy)
        yield from (paste.field for paste in step.paste)
    yield from (hint.source for hint in one.attributes)
    yield from (mistake.title for mistake in one.mistakes)


def is_on(source: str, site: str) -> bool:
    """Whether an address lies on a site or on one below it; a site may be a part of one, such as a host with a path."""
    address = urlsplit(source)
    host, _, path = site.partition("/")
    return f".{address.hostname}".endswith(f".{host}") and f"{address.path}/".startswith(f"/{path}")


@every_guide
def test_every_text_can_be_shown(one: Guide) -> None:
    for text in texts(one):
        shown = to_html(text)
        assert set(re.findall(r"</?(\w+)", shown)) <= {"strong", "code"}


@every_guide
def test_no_mark_stands_where_it_would_be_shown_as_it_is(one: Guide) -> None:
    for label in labels(one):
        assert "**" not in label
        assert "`" not in label


@every_guide
def test_the_facts_are_from_the_vendor(one: Guide) -> None:
    own = VENDORS[one.slug.split("-")[0]] | COGNITO | AGREED_ELSEWHERE.get(one.slug, set())
    for source in one.sources:
        assert any(is_on(source, site) for site in own), source


def test_what_is_said_elsewhere_is_still_cited() -> None:
    for slug, sites in AGREED_ELSEWHERE.items():
        for site in sites:
            assert any(is_on(source, site) for source in GUIDES[slug].sources), (slug, site)


@every_guide
def test_a_fixed_text_to_copy_is_there_exactly_where_it_is_announced(one: Guide) -> None:
    for step in one.steps:
        for copy in step.copy:
            assert bool(copy.text) == (copy.value is OurValue.TEXT)


@every_guide
def test_each_attribute_fills_one_thing_once(one: Guide) -> None:
    assert max(Counter(hint.target for hint in one.attributes).values()) == 1


@every_guide
def test_what_is_said_twice_of_groups_is_the_same(one: Guide) -> None:
    """Their own part says how to have them sent; some guides list them among the attributes too."""
    told = {hint.claim for hint in one.attributes if hint.target is Target.GROUPS}
    assert told <= ({one.groups.claim} if one.groups is not None else set())


@every_guide
def test_an_error_text_leads_to_few_mistakes(one: Guide) -> None:
    """A text that several mistakes claim as their own would explain nothing."""
    claimed = Counter(match.casefold() for mistake in one.mistakes for match in mistake.matches)
    assert [match for match, times in claimed.items() if times > 1] == []


@pytest.mark.parametrize(
    ("slug", "message", "title"),
    [
        (
            "entra-saml",
            "AADSTS50105: The signed in user is not assigned",
            "The person is not assigned to the application",
        ),
        ("entra-saml", "AADSTS700016: Application with identifier", "The Identifier is not our entity ID"),
        ("entra-oidc", "AADSTS7000215: Invalid client secret provided.", "The secret is wrong"),
        ("okta-oidc", "User is not assigned to the client application.", "The person is not assigned to the app"),
        ("google-workspace", "403 app_not_enabled_for_user", "The app is off for the person"),
        ("google-workspace", "403 app_not_configured_for_user", "The Entity ID is not ours"),
        ("adfs", "MSIS7007: The requested relying party trust", "The identifier of the trust is not our entity ID"),
        ("okta-saml", "Invalid SAML response received: Audience restriction", "The Audience URI is not our entity ID"),
    ],
)
def test_known_error_texts_are_explained(slug: str, message: str, title: str) -> None:
    assert title in [mistake.title for mistake in guide(slug).explanations(message)]


def test_the_chooser_has_an_order_in_which_no_two_are_alike() -> None:
    assert [one.order for one in all_guides()] == sorted(one.order for one in all_guides())
    shown = Counter((one.name, one.variant) for one in all_guides())
    assert [pair for pair, times in shown.items() if times > 1] == []


def test_all_three_protocols_that_guides_are_for_have_one() -> None:
    assert {one.protocol for one in all_guides()} >= {GuideProtocol.SAML, GuideProtocol.OIDC}


def test_a_guide_is_found_by_its_slug() -> None:
    assert guide("okta-saml") is GUIDES["okta-saml"]


@pytest.mark.parametrize("slug", ["", "nobody", "../okta-saml", "okta-saml.toml"])
def test_a_guide_that_is_not_there_is_said_to_be_unknown(slug: str) -> None:
    with pytest.raises(UnknownGuide, match=re.escape(f"There is no guide called {slug!r}.")):
        guide(slug)
