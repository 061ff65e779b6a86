"""What differs between what is in use and what is published, in words; and when it is looked at."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.connections.published import asked_at, differences, digest, last_certificate_ends, next_look
from federation.connections.settings import OidcSettings, SamlSettings, SocialSettings
from tests.support.metadata import DAY, NOW, POST, REDIRECT, entity, parsed, role, signing

OLD = signing("old", ends=20 * DAY)
NEW = signing("new", begins=-2 * DAY)


def published(*certificates: str, entity_id: str = "https://idp.example.com/saml", **parts: object) -> dict[str, str]:
    """What an identity provider with these certificates publishes."""
    content = role(certificates=certificates or [OLD], **parts)  # type: ignore[arg-type]  # Named as `role` has them.
    return {"metadata": parsed(entity(content, entity_id=entity_id)).document}


USED = SamlSettings(source="url", metadata_url="https://idp.example.com/m", metadata=published()["metadata"])


def said(found: dict[str, str], *, at: datetime = NOW, used: SamlSettings = USED) -> dict[str, str]:
    return {each.code: each.message for each in differences(used, found, now=at)}


def test_the_same_is_no_difference() -> None:
    assert said(published()) == {}


def test_a_new_certificate_is_told_with_its_time() -> None:
    """Beside the old one, as a careful administrator publishes it."""
    assert said(published(OLD, NEW)) == {
        "certificate_added": "There is a new signing certificate, “CN=new”, valid from 2026-11-19 until 2029-08-17."
    }


def test_a_certificate_that_is_gone_is_told() -> None:
    found = said(published(NEW))
    assert set(found) == {"certificate_added", "certificate_removed"}
    assert found["certificate_removed"].startswith("The signing certificate “CN=old”, valid until 2026-12-11,")


def test_one_that_expired_meanwhile_is_nothing_new() -> None:
    """Cognito refuses expired certificates, so that metadata is read without them: on both sides."""
    used = replace(USED, metadata=published(OLD, NEW)["metadata"])
    assert said(published(OLD, NEW), at=NOW + 30 * DAY, used=used) == {}
    assert said(published(NEW), at=NOW + 30 * DAY, used=used) == {}
    assert set(said(published(NEW), used=used)) == {"certificate_removed"}


def test_what_is_in_use_may_have_expired_altogether() -> None:
    assert set(said(published(NEW), at=NOW + 30 * DAY)) == {"certificate_added", "certificate_removed"}


def test_addresses_and_names_are_told() -> None:
    elsewhere = published(
        sso=[(REDIRECT, "https://new.example.com/sso")], slo=[(REDIRECT, "https://new.example.com/o")]
    )
    assert said(elsewhere) == {
        "sso_url": "People sign in at “https://new.example.com/sso” instead of “https://idp.example.com/sso”.",
        "slo_url": "People sign out at “https://new.example.com/o” instead of “–”.",
    }
    assert set(said(published(entity_id="https://other.example.com"))) == {"entity_id"}
    assert set(said(published(formats=["urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"]))) == {"name_id_formats"}
    both = [(REDIRECT, "https://idp.example.com/sso"), (POST, "https://idp.example.com/post")]
    assert set(said(published(sso=both))) == {"other"}
    signed = 'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" WantAuthnRequestsSigned="true"'
    assert said(published(attributes=signed)) == {"signed_requests": "It takes signed requests only."}


def test_addresses_of_an_openid_provider_are_compared() -> None:
    used = OidcSettings(
        issuer="https://a.example",
        authorize_url="https://a.example/a",
        token_url="https://a.example/t",
        userinfo_url="https://a.example/u",
        jwks_url="https://a.example/j",
    )
    same = {name: getattr(used, name) for name in ("authorize_url", "token_url", "userinfo_url", "jwks_url")}
    assert differences(used, same, now=NOW) == ()
    found = differences(used, same | {"jwks_url": "https://b.example/j"}, now=NOW)
    assert [each.code for each in found] == ["jwks_url"]
    assert found[0].message == "Its keys are at “https://b.example/j” instead of “https://a.example/j”."


def test_where_nothing_is_published_nothing_is_asked() -> None:
    assert asked_at(USED) == "https://idp.example.com/m"
    assert asked_at(replace(USED, source="file")) == ""
    assert asked_at(SocialSettings()) == ""
    assert asked_at(OidcSettings(issuer="https://a.example")) == "https://a.example"


def test_what_is_published_is_known_again_by_its_content() -> None:
    assert digest(published()) == digest(published())
    assert digest(published()) != digest(published(NEW))


def test_the_last_certificate_counts() -> None:
    pems = tuple(each.pem for each in parsed(entity(role(certificates=[OLD, NEW]))).certificates)
    assert last_certificate_ends(replace(USED, certificates=pems)) == NOW + 1000 * DAY
    assert last_certificate_ends(replace(USED, certificates=())) is None
    assert last_certificate_ends(OidcSettings()) is None


@given(st.uuids(), st.integers(0, 10**9))
def test_each_has_its_time_of_day(connection_id: uuid.UUID, seconds: int) -> None:
    """Also where a look comes late: the one after it is at the usual time."""
    now = NOW + timedelta(seconds=seconds)
    usual = next_look(connection_id, 0, now)
    assert timedelta(hours=12) < usual - now <= timedelta(hours=36)
    late = usual + timedelta(hours=5)
    assert next_look(connection_id, 0, late) == usual + timedelta(days=1)


def test_looks_are_spread_over_the_day() -> None:
    hours = {next_look(uuid.uuid4(), 0, NOW).hour for _ in range(2000)}
    assert hours == set(range(24))


@pytest.mark.parametrize(("failures", "hours"), [(1, 1), (2, 2), (3, 4), (4, 8)])
def test_what_failed_is_tried_again_sooner(failures: int, hours: int) -> None:
    assert next_look(uuid.uuid4(), failures, NOW) == NOW + timedelta(hours=hours)


def test_what_keeps_failing_is_tried_daily() -> None:
    key = uuid.uuid4()
    assert next_look(key, 5, NOW) == next_look(key, 0, NOW)
