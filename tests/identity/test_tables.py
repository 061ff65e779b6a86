"""What every table does: its links follow the filters, pages follow each other, and it can be taken away as CSV."""

import re
from html import unescape

import pytest
from django.test import Client

from tenants.models import TenantApplication
from tenants.web.tables import PAGE_SIZE
from tests.factories import ApplicationFactory, Cast, CellFactory, TenantCast, UserPoolFactory

FLEET_LISTS = [
    "/fleet/tenants/", "/fleet/audit/", "/fleet/applications/", "/fleet/cells/", "/fleet/cells/pools/",
    "/fleet/sync/", "/fleet/sync/plans/", "/fleet/sync/drift/",
]  # fmt: skip
TENANT_LISTS = ["/t/acme/users/", "/t/acme/audit/", "/t/acme/users/bulk/", "/t/acme/groups/"]
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


def rows(client: Client, url: str) -> list[str]:
    """Return the names of the rows, in order."""
    heads = re.findall(r'<th scope="row">(.*?)</th>', client.get(url).content.decode(), re.DOTALL)
    return [re.sub(r"<span.*?</span>|<[^>]+>", "", head, flags=re.DOTALL).strip() for head in heads]


def following(client: Client, url: str, rel: str) -> str:
    """Return the address of the page beside this one."""
    page = " ".join(client.get(url).content.decode().split())
    found = re.search(rf'href="(\?[^"]+)" rel="{rel}"', page)
    assert found is not None
    return url.partition("?")[0] + unescape(found[1])


def test_applications_are_searched_and_sorted(cast: Cast, operator: Client) -> None:
    harbor = ApplicationFactory.create(name="Harbor", client_id="app_of_harbor")
    ApplicationFactory.create(name="Anchor", client_id="app_of_anchor")
    TenantApplication.objects.create(tenant=cast.acme.tenant, application=harbor)
    url = "/fleet/applications/"
    assert rows(operator, f"{url}?q=HARB") == ["Harbor"]
    assert rows(operator, f"{url}?q=of_anchor") == ["Anchor"]
    assert rows(operator, f"{url}?q=app_of") == ["Anchor", "Harbor"]
    assert rows(operator, f"{url}?q=app_of&sort=-name") == ["Harbor", "Anchor"]
    assert rows(operator, f"{url}?q=app_of&sort=-tenant_count") == ["Harbor", "Anchor"]
    assert rows(operator, f"{url}?q=app_of&sort=secret_hash") == ["Anchor", "Harbor"]


def test_cells_are_searched_and_sorted(cast: Cast, operator: Client) -> None:
    CellFactory.create(name="syd", region="ap-southeast-2")
    UserPoolFactory.create(cell=CellFactory.create(name="zrh", region="eu-central-2"))
    url = "/fleet/cells/"
    assert rows(operator, url) == ["main", "syd", "zrh"]
    assert rows(operator, f"{url}?q=Southeast") == ["syd"]
    assert rows(operator, f"{url}?sort=-pool_count") == ["main", "zrh", "syd"]
    assert rows(operator, f"{url}?sort=region")[0] == "syd"


def test_pools_are_searched_filtered_and_sorted(cast: Cast, operator: Client) -> None:
    other = UserPoolFactory.create(cell=CellFactory.create(name="syd"), cognito_id="us-east-1_Found")
    acme, globex = cast.acme.tenant.pool, cast.globex.tenant.pool
    url = "/fleet/cells/pools/"
    assert set(rows(operator, url)) == {other.name, acme.name, globex.name}
    assert rows(operator, url)[0] == other.name
    assert rows(operator, f"{url}?sort=cell_name")[-1] == other.name
    assert rows(operator, f"{url}?q=_found") == [other.name]
    assert rows(operator, f"{url}?q={acme.name}") == [acme.name]
    assert rows(operator, f"{url}?q=Globex") == [globex.name]
    assert rows(operator, f"{url}?kind=shared") == [globex.name]
    assert rows(operator, f"{url}?cell=syd") == [other.name]
    assert rows(operator, f"{url}?sort=tenant_count")[0] == other.name


@pytest.mark.parametrize("sort", ["-created_at", "cell_name", "-tenant_count"])
def test_pools_follow_each_other(cast: Cast, operator: Client, sort: str) -> None:
    UserPoolFactory.create_batch(PAGE_SIZE, cell=cast.cell)
    first = f"/fleet/cells/pools/?sort={sort}"
    second = following(operator, first, "next")
    assert len({*rows(operator, first), *rows(operator, second)}) == PAGE_SIZE + 2
    assert rows(operator, following(operator, second, "prev")) == rows(operator, first)


@pytest.mark.parametrize("sort", ["name", "-tenant_count", "-created_at"])
def test_applications_follow_each_other(cast: Cast, operator: Client, sort: str) -> None:
    first = f"/fleet/applications/?sort={sort}"
    ApplicationFactory.create_batch(PAGE_SIZE + 1)
    second = following(operator, first, "next")
    assert len({*rows(operator, first), *rows(operator, second)}) == PAGE_SIZE + 1
    assert rows(operator, following(operator, second, "prev")) == rows(operator, first)


@pytest.mark.parametrize("sort", ["name", "-region", "-pool_count", "tenant_count"])
def test_cells_follow_each_other(cast: Cast, operator: Client, sort: str) -> None:
    CellFactory.create_batch(PAGE_SIZE)
    first = f"/fleet/cells/?sort={sort}"
    second = following(operator, first, "next")
    assert len({*rows(operator, first), *rows(operator, second)}) == PAGE_SIZE + 1
    assert rows(operator, following(operator, second, "prev")) == rows(operator, first)


def test_the_exports_hold_what_the_search_leaves(cast: Cast, operator: Client) -> None:
    ApplicationFactory.create(name="=HYPERLINK(1)")
    ApplicationFactory.create(name="Anchor")
    CellFactory.create(name="syd", region="ap-southeast-2")

    def export(url: str) -> list[str]:
        return operator.get(url).getvalue().decode().splitlines()[1:]

    (line,) = export("/fleet/applications/export.csv?q=hyper")
    assert line.startswith("'=HYPERLINK(1),app_")
    (line,) = export("/fleet/cells/export.csv?q=syd")
    assert line.startswith("syd,ap-southeast-2,,,0,0,,")
    (line,) = export("/fleet/cells/pools/export.csv?kind=shared")
    pool = cast.globex.tenant.pool
    assert line.startswith(f"{pool.name},{pool.cognito_id},shared,main,{pool.cell.region},1,")
