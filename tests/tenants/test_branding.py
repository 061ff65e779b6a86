"""Changing a brand: versions, contrast, and what the log keeps."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.actor import Actor
from tenants.colours import CARD, CARD_DARK, BrandColours, contrast, failures, stylesheet, text_on
from tenants.errors import Conflict, ValidationFailed
from tenants.models import AuditEvent, Branding
from tenants.services.branding import BrandingChange, remove_logo, update_branding, upload_logo
from tests.factories import TenantCast
from tests.tenants.logos import png, svg

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"


def brand_of(cast: TenantCast) -> Branding:
    """Return the brand as it is now."""
    return Branding.objects.get(tenant=cast.tenant)


def test_a_change_raises_the_version_and_is_logged(acme: TenantCast, owner: Actor) -> None:
    update_branding(acme.tenant, BrandingChange(display_name=" Acme  Robotics ", accent="#0F766E"), actor=owner)
    brand = brand_of(acme)
    assert (brand.display_name, brand.accent, brand.version) == ("Acme Robotics", "#0f766e", 2)
    event = AuditEvent.objects.get(tenant=acme.tenant)
    assert event.before == {"display_name": "Acme", "accent": "#3b5bdb"}
    assert event.after == {"display_name": "Acme Robotics", "accent": "#0f766e"}


def test_the_same_again_changes_nothing(acme: TenantCast, owner: Actor) -> None:
    update_branding(acme.tenant, BrandingChange(display_name="Acme", accent="#3b5bdb"), actor=owner)
    assert brand_of(acme).version == 1
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (BrandingChange(display_name="  "), "display_name"),
        (BrandingChange(display_name="x" * 101), "display_name"),
        (BrandingChange(display_name="a\x00b"), "display_name"),
        (BrandingChange(accent="red"), "accent"),
        (BrandingChange(accent="#12345"), "accent"),
        (BrandingChange(background="#fff;}body{display:none"), "background"),
        (BrandingChange(accent="#ffffff"), "accent"),
        (BrandingChange(accent_dark="#101010"), "accent_dark"),
    ],
)
def test_what_is_unusable_is_refused_beside_its_field(
    acme: TenantCast, owner: Actor, change: BrandingChange, field: str
) -> None:
    with pytest.raises(ValidationFailed) as refused:
        update_branding(acme.tenant, change, actor=owner)
    assert set(refused.value.fields) == {field}
    assert brand_of(acme).version == 1


@pytest.mark.parametrize("background", ["#000000", "#1e3a8a", "#808080", "#ffffff"])
def test_a_background_may_have_any_colour_because_nothing_is_written_on_it(background: str) -> None:
    assert failures(BrandColours("#0f766e", "#91a7ff", background, background)) == []


def test_the_message_says_which_pair_falls_short() -> None:
    brand = BrandColours("#ffee00", "#91a7ff", "#f6f7f9", "#101216")
    (failure,) = failures(brand)
    assert failure.field == "accent"
    assert "#ffee00" in failure.message
    assert "#ffffff" in failure.message
    assert "1.20:1" in failure.message


def test_the_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    # The grey that the WCAG community knows as the lightest that passes on white.
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@given(colours)
def test_text_on_a_button_can_always_be_read(colour: str) -> None:
    assert contrast(text_on(colour), colour) >= 4.5


@given(colours, colours)
def test_contrast_has_no_order_and_its_bounds(one: str, other: str) -> None:
    assert contrast(one, other) == contrast(other, one)
    assert 1 <= contrast(one, other) <= 21.001


def test_the_colours_that_are_compared_with_are_those_of_the_design_system() -> None:
    tokens = dict(re.findall(r"--([\w-]+): light-dark\(([^()]+)\)", TOKENS.read_text()))
    assert tokens["surface"] == f"{CARD}, {CARD_DARK}"


def test_the_stylesheet_sets_what_brand_pages_read() -> None:
    sheet = stylesheet(BrandColours("#0f766e", "#91a7ff", "#f6f7f9", "#101216"))
    assert "--brand-accent: light-dark(#0f766e, #91a7ff)" in sheet
    assert "--brand-accent-contrast: light-dark(#ffffff, #000000)" in sheet


def test_a_logo_comes_and_goes(acme: TenantCast, owner: Actor) -> None:
    upload_logo(acme.tenant, png(), actor=owner)
    assert (brand_of(acme).logo_type, brand_of(acme).version) == ("image/png", 2)
    upload_logo(acme.tenant, svg(), actor=owner)
    assert brand_of(acme).logo_type == "image/svg+xml"
    remove_logo(acme.tenant, actor=owner)
    assert (brand_of(acme).has_logo, bytes(brand_of(acme).logo), brand_of(acme).version) == (False, b"", 4)
    with pytest.raises(Conflict):
        remove_logo(acme.tenant, actor=owner)


def test_a_refused_logo_leaves_the_old_one(acme: TenantCast, owner: Actor) -> None:
    upload_logo(acme.tenant, png(), actor=owner)
    with pytest.raises(ValidationFailed):
        upload_logo(acme.tenant, svg("<script/>"), actor=owner)
    assert (brand_of(acme).logo_type, brand_of(acme).version) == ("image/png", 2)
