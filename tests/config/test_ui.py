"""The tags of the design system, its statuses, and the values that the frame computes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.template import Context, Template
from django.utils.html import strip_tags

from config.frame import Account, Frame, MenuItem, NavItem, SwitcherItem, SyncPill
from config.statuses import STATUSES, status_of
from config.templatetags.ui import after_first_line, first_line, initials, relative

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def render(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("before_now", "words"),
    [
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=24), "1 day ago"),
        (timedelta(days=400), "400 days ago"),
        (timedelta(days=800), "2 years ago"),
        (timedelta(seconds=-5), "in a moment"),
        (timedelta(minutes=-4), "in 4 min"),
        (timedelta(hours=-3), "in 3 h"),
        (timedelta(days=-2), "in 2 days"),
        (timedelta(days=-3649), "in 9 years"),
    ],
)
def test_relative_time_uses_the_largest_whole_unit(before_now: timedelta, words: str) -> None:
    assert relative(NOW - before_now, NOW) == words


def test_relative_time_keeps_the_exact_moment_in_utc() -> None:
    page = render("{% relative_time moment %}", moment=NOW)
    assert 'datetime="2026-05-04T12:00:00+00:00"' in page
    assert 'title="2026-05-04 12:00:00 UTC"' in page


def test_a_moment_that_never_was_is_a_dash() -> None:
    assert "<time" not in render("{% relative_time moment %}", moment=None)


@pytest.mark.parametrize("state", STATUSES)
def test_every_status_is_an_icon_and_a_word(state: str) -> None:
    page = render("{% status state %}", state=state)
    assert "<svg" in page
    assert str(STATUSES[state].word) in strip_tags(page)


def test_a_status_is_found_however_it_is_spelled() -> None:
    assert status_of("In Sync") == status_of("IN-SYNC") == STATUSES["in_sync"]


def test_an_unknown_status_is_an_error() -> None:
    with pytest.raises(ValueError, match="No status 'splendid'"):
        status_of("splendid")


@pytest.mark.parametrize(
    ("name", "letters"), [("Ada Lindqvist", "AL"), ("ada.b@acme.example", "ab"), ("Globex", "G"), ("", "")]
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_the_second_line_of_a_choice_is_its_hint() -> None:
    assert (first_line("Shared\nStarts in seconds."), after_first_line("Shared\nStarts in seconds.")) == (
        "Shared",
        "Starts in seconds.",
    )
    assert after_first_line("Shared") == ""


def test_values_are_escaped_where_components_show_them() -> None:
    page = render('{% include "components/copy.html" %}', value='"><script>alert(1)</script>', label="<b>key</b>")
    assert "<script>" not in page
    assert "<b>" not in page


def test_the_pill_asks_often_only_while_something_moves() -> None:
    assert SyncPill(state="syncing", url="/").poll_trigger == "every 2s"
    assert SyncPill(state="in_sync", url="/").poll_trigger == "every 20s"


def test_the_palette_offers_pages_other_places_and_what_a_link_can_do() -> None:
    frame = Frame(
        product_name="Lifeguard",
        place="fleet",
        title="Fleet",
        home_url="/",
        nav=(NavItem(label="Tenants", url="/tenants", icon="users"),),
        account=Account(
            label="ada@harbor.example",
            items=(MenuItem(label="Security", url="/me"), MenuItem(label="Sign out", url="/out", method="post")),
        ),
        switcher=(SwitcherItem(label="Fleet", url="/", current=True), SwitcherItem(label="Acme", url="/acme")),
    )
    assert [item["url"] for item in frame.palette] == ["/tenants", "/acme", "/me"]
