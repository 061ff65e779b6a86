"""What every table does: its links follow the filters, pages follow each other, and it can be taken away as CSV."""

import re
from html import unescape

import pytest
from django.test import Client

from tests.factories import Cast, TenantCast

# Each list with filters, the id of what htmx replaces there, and words that no row has.
FLEET_LISTS = ["/fleet/tenants/", "/fleet/audit/"]
TENANT_LISTS = ["/t/acme/users/", "/t/acme/audit/"]
_CLEAR = re.compile(r'<span id="filters-clear".*?</span>', re.DOTALL)
_EXPORT = re.compile(r'<a class="btn" id="export" href="([^"]*)"')


@pytest.fixture
def operator(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


def fragment(client: Client, url: str) -> str:
    """Return what the filters get from htmx."""
    target = {"/t/acme/users/": "user-results", "/t/acme/audit/": "audit-results"}.get(url.partition("?")[0], "table")
    answer = client.get(url, headers={"HX-Request": "true", "HX-Target": target}).content.decode()
    assert "<html" not in answer
    return answer


@pytest.mark.parametrize("url", [*FLEET_LISTS, *TENANT_LISTS])
def test_clear_and_export_follow_the_filters(cast: Cast, operator: Client, url: str) -> None:
    client = operator
    if url in TENANT_LISTS:
        client = Client()
        client.force_login(TenantCast.account_of(cast.acme.owner))
    for page in (client.get(url).content.decode(), fragment(client, url)):
        links = _CLEAR.findall(page)
        assert len(links) == 1
        assert "hidden" in links[0]
        assert "<a" not in links[0]
    for page in (client.get(f"{url}?q=zebra").content.decode(), fragment(client, f"{url}?q=zebra")):
        links = _CLEAR.findall(page)
        assert len(links) == 1
        assert f'href="{url}"' in links[0]
        assert "hidden" not in links[0]
        (export,) = _EXPORT.findall(page)
        assert unescape(export).endswith("export.csv?q=zebra")
    assert 'hx-swap-oob="true"' in _CLEAR.findall(fragment(client, url))[0]
    assert 'hx-swap-oob="true"' not in client.get(url).content.decode()


def test_without_scripts_users_are_ticked_one_by_one_and_no_button_is_disabled(cast: Cast) -> None:
    client = Client()
    client.force_login(TenantCast.account_of(cast.acme.owner))
    for page in (client.get("/t/acme/users/").content.decode(), fragment(client, "/t/acme/users/")):
        bulk = page.partition('id="bulk"')[2].partition("</form>")[0]
        assert "data-bulk" in bulk
        assert len(re.findall("<button", bulk)) == 3
        assert "disabled" not in bulk.replace("users/disable", "")
        head = page.partition("<thead>")[2].partition("</thead>")[0]
        assert re.search(r'<label class="check" hidden>\s*<input type="checkbox" form="bulk"', head)


def test_who_may_change_nothing_gets_no_boxes(cast: Cast) -> None:
    client = Client()
    client.force_login(TenantCast.account_of(cast.acme.auditor))
    assert "data-select-all" not in client.get("/t/acme/users/").content.decode()
