"""Keyset pages, against PostgreSQL, and cells that no spreadsheet runs."""

import csv
import io

import pytest
from django.db.models.functions import Lower

from identity.models import DirectoryUser
from tenants.errors import ValidationFailed
from tenants.paging import Page, keyset_page
from tenants.web.csv_export import csv_response, safe_cell
from tests.factories import DirectoryUserFactory, TenantCast

NAMES = ["Zoe", "adam", "Adam", "", "Émile", "émile", "Zoe", "bob", "", "Çelik", "100", "_x"]


def page(tenant_cast: TenantCast, order: tuple[str, ...], cursor: str, size: int) -> Page[DirectoryUser]:
    """Return a page of the tenant's users."""
    rows = DirectoryUser.objects.filter(tenant=tenant_cast.tenant).annotate(name_key=Lower("name"))
    return keyset_page(rows, order=order, cursor=cursor, size=size)


@pytest.mark.parametrize("size", [1, 3, 5, 100])
@pytest.mark.parametrize("order", [("name_key", "pk"), ("-name_key", "-pk"), ("created_at", "pk"), ("-email", "pk")])
def test_walking_there_and_back_meets_every_row_once(acme: TenantCast, order: tuple[str, ...], size: int) -> None:
    for name in NAMES:
        DirectoryUserFactory.create(tenant=acme.tenant, name=name)
    rows = DirectoryUser.objects.filter(tenant=acme.tenant).annotate(name_key=Lower("name"))
    expected = [row.pk for row in rows.order_by(*order)]
    current = page(acme, order, "", size)
    assert current.previous_cursor == ""
    there = [row.pk for row in current.rows]
    while current.next_cursor:
        current = page(acme, order, current.next_cursor, size)
        there += [row.pk for row in current.rows]
    assert there == expected
    back = [row.pk for row in current.rows]
    while current.previous_cursor:
        current = page(acme, order, current.previous_cursor, size)
        back = [row.pk for row in current.rows] + back
    assert back == expected


def test_a_row_that_comes_or_goes_moves_no_other(acme: TenantCast) -> None:
    first = page(acme, ("email", "pk"), "", 2)
    DirectoryUserFactory.create(tenant=acme.tenant, email="aaa@acme.example")
    DirectoryUser.objects.filter(pk=first.rows[-1].pk).delete()
    second = page(acme, ("email", "pk"), first.next_cursor, 2)
    assert [row.email for row in second.rows] == [acme.outsider.email, acme.owner.email]


@pytest.mark.parametrize(
    "cursor",
    [
        "x", "%%%", "bnVsbA", "WyJuIl0", "WyJ4IiwiYSIsImIiXQ", "WyJuIixudWxsLG51bGxd", "WyJuIiwiXHUwMDAwIiwiYiJd",
        "WyJuIixbMV0sImIiXQ", "WyJuIiwiYSIsImIiXQ",
    ],
)  # fmt: skip
def test_a_cursor_that_is_not_ours_is_refused(acme: TenantCast, cursor: str) -> None:
    with pytest.raises(ValidationFailed):
        page(acme, ("email", "pk"), cursor, 2)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_what_begins_like_a_formula_is_made_text(text: str) -> None:
    assert safe_cell(text) == f"'{text}"


def test_a_file_can_be_read_back(acme: TenantCast) -> None:
    rows: list[list[object]] = [["a,b", 'say "hi"'], ["two\nlines", None], ["=HYPERLINK(1)", 7]]
    response = csv_response("users.csv", ["one", "two"], rows)
    text = response.getvalue().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["one", "two"],
        ["a,b", 'say "hi"'],
        ["two\nlines", ""],
        ["'=HYPERLINK(1)", "7"],
    ]
    assert response["Content-Disposition"] == 'attachment; filename="users.csv"'
