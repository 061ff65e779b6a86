"""Slugs: suggested from names, refused where they would mean something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.urls import dashboard, signin
from tenants.errors import ValidationFailed
from tenants.slugs import RESERVED, clean_slug, suggest_slug


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Acme Robotics", "acme-robotics"),
        ("Äcme & Söhne GmbH", "acme-sohne-gmbh"),
        ("3M Deutschland", "m-deutschland"),
        ("  --Globex--  ", "globex"),
        ("株式会社", ""),
        ("AB", ""),
        ("x" * 60, "x" * 40),
    ],
)
def test_a_slug_is_suggested_from_a_name(name: str, slug: str) -> None:
    assert suggest_slug(name) == slug


@given(st.text())
def test_a_suggestion_is_a_slug_or_nothing(name: str) -> None:
    slug = suggest_slug(name)
    if slug and slug not in RESERVED:
        assert clean_slug(slug) == slug


@pytest.mark.parametrize(
    "slug",
    ["ab", "-acme", "acme-", "ac--me", "1acme", "acme_co", "acme.co", "a" * 41, "", "ac me", "ac\nme", "аcme"],
)
def test_another_shape_is_refused(slug: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        clean_slug(slug)
    assert "slug" in refused.value.fields


@pytest.mark.parametrize("slug", ["oauth2", "static", "healthz", "accounts", "well-known", "sign-in", "Admin", "fleet"])
def test_words_of_our_addresses_are_refused(slug: str) -> None:
    with pytest.raises(ValidationFailed, match="reserved"):
        clean_slug(slug)


def first_segments() -> set[str]:
    """The first segments of the addresses of both sites that could be taken for a slug."""
    patterns = [*dashboard.urlpatterns, *signin.urlpatterns]
    texts = {str(pattern.pattern).split("/")[0] for pattern in patterns}
    return {text.removeprefix(".") for text in texts if text and "<" not in text and len(text.removeprefix(".")) >= 3}


def test_every_first_segment_of_ours_is_reserved() -> None:
    assert first_segments() - RESERVED == set()
