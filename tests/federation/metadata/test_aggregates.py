"""Metadata of several identity providers: a choice, and a bound on what reading it costs."""

import subprocess
import sys
from pathlib import Path

import pytest

from federation.metadata import Entity, MetadataError, parse
from federation.metadata.reading import MOST_CHOICES
from tests.support.metadata import NOW, chosen, codes, entities, entity, parsed, role, signing

ROOT = Path(__file__).resolve().parents[3]
SP = '<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/>'
UI = 'xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui"'
NAMED = (
    f"<md:Extensions><mdui:UIInfo {UI}>"
    '<mdui:DisplayName xml:lang="de">Hochschule</mdui:DisplayName>'
    '<mdui:DisplayName xml:lang="en">  A\n University </mdui:DisplayName>'
    "</mdui:UIInfo></md:Extensions>"
)
ORGANIZATION = (
    '<md:Organization><md:OrganizationDisplayName xml:lang="fr">Institut</md:OrganizationDisplayName></md:Organization>'
)
THREE = entities(
    entity(role(extensions=NAMED), entity_id="urn:one")
    + entity(SP, entity_id="urn:application")
    + entities(entity(role() + ORGANIZATION, entity_id="urn:two") + entity(role(), entity_id="urn:three"))
)


def test_several_identity_providers_are_a_choice() -> None:
    choice = chosen(THREE)
    assert choice.total == 3
    assert choice.entities == (
        Entity("urn:one", "A University"),
        Entity("urn:two", "Institut"),
        Entity("urn:three", ""),
    )


@pytest.mark.parametrize("entity_id", ["urn:one", "urn:two", "urn:three"])
def test_one_is_taken_by_its_entity_id(entity_id: str) -> None:
    result = parsed(THREE, entity_id=entity_id)
    assert result.entity_id == entity_id
    assert not result.errors


def test_the_only_identity_provider_among_applications_needs_no_choice() -> None:
    assert parsed(entities(entity(SP, entity_id="urn:sp") + entity(role(), entity_id="urn:idp"))).entity_id == "urn:idp"


@pytest.mark.parametrize("whole", [THREE, entity(role(), entity_id="urn:one")])
def test_another_entity_id_than_there_is_is_told(whole: str) -> None:
    with pytest.raises(MetadataError) as refused:
        parse(whole.encode(), entity_id="urn:one/", now=NOW)
    assert refused.value.code == "entity_not_found"
    assert "“urn:one”" in refused.value.remedy


def test_an_entity_id_that_appears_twice_is_refused() -> None:
    """Which of the two would Cognito, or the next reader, take?"""
    twice = entities(entity(role(), entity_id="urn:one") + entity(role(certificates=[]), entity_id="urn:one"))
    with pytest.raises(MetadataError) as refused:
        parse(twice.encode(), entity_id="urn:one", now=NOW)
    assert refused.value.code == "entity_twice"


def test_a_long_choice_is_cut_off_but_still_can_be_chosen_from() -> None:
    empty = role(certificates=[], sso=())
    whole = entities("".join(entity(empty, entity_id=f"urn:idp:{number}") for number in range(MOST_CHOICES + 5)))
    choice = chosen(whole)
    assert (len(choice.entities), choice.total) == (MOST_CHOICES, MOST_CHOICES + 5)
    assert parsed(whole, entity_id=f"urn:idp:{MOST_CHOICES + 4}").entity_id == f"urn:idp:{MOST_CHOICES + 4}"


def aggregate(count: int) -> str:
    """A federation's file: in each entity signing and encryption keys, services and names, as federations have them."""
    certificate = signing()
    content = role(certificates=[certificate, certificate, certificate], extensions=NAMED) + ORGANIZATION
    return entities("".join(entity(content, entity_id=f"https://idp-{number}.example.org/") for number in range(count)))


# Peak memory is a process's for its whole life, so each measurement needs one of its own.
MEASURE = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
import django
from django.conf import settings
settings.configure(USE_I18N=False)
django.setup()
from federation.metadata import MetadataError, parse
now = datetime(2026, 11, 21, tzinfo=UTC)
data = Path(sys.argv[1]).read_bytes()
parse(Path(sys.argv[2]).read_bytes(), now=now)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    result = parse(data, entity_id=sys.argv[3], now=now)
    what = getattr(result, "total", "one")
except MetadataError as error:
    what = error.code
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before, what)
"""


def measured(folder: Path, text: str, wanted: str) -> tuple[str, int]:
    """What came of parsing a text in a process of its own, and by how many kilobytes its peak of memory rose."""
    large, small = folder / "large.xml", folder / "small.xml"
    large.write_text(text)
    small.write_text(entity(role()))
    # A process begins with the peak of the one that starts it: here not with that of all tests, but with a shell's.
    shell = ["sh", "-c", '"$@"; exit $?', "sh"]
    command = [*shell, sys.executable, "-c", MEASURE, str(large), str(small), wanted]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    kilobytes, what = done.stdout.split()
    return what, int(kilobytes)


@pytest.mark.parametrize(("wanted", "found"), [("", "1500"), ("https://idp-1499.example.org/", "one")])
def test_a_large_aggregate_is_read_in_bounded_memory(tmp_path: Path, wanted: str, found: str) -> None:
    """Five megabytes with 1,500 entities cost a few copies of the text."""
    text = aggregate(1500)
    assert len(text) > 5_000_000
    what, kilobytes = measured(tmp_path, text, wanted)
    assert what == found
    assert kilobytes < 30_000


def test_as_many_elements_as_fit_cost_no_more(tmp_path: Path) -> None:
    """A tree of them would take thirty times the text's length."""
    what, kilobytes = measured(tmp_path, entity("<a/>" * 2_000_000), "")
    assert what == "too_many_elements"
    assert kilobytes < 50_000


def test_an_aggregate_is_judged_like_any_other() -> None:
    result = parsed(aggregate(20), entity_id="https://idp-7.example.org/")
    assert not codes(result)
    assert result.document == parsed(entity(role(), entity_id="https://idp-7.example.org/")).document
