"""What pages with a table share: links that keep the filters, and sorting."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from tenants.paging import Page, Row

PAGE_SIZE = 50
CURSOR, SORT = "cursor", "sort"


@dataclass(frozen=True)
class SortLink:
    """The link in the head of a column; `direction` is "ascending", "descending", or "" when not sorted by it."""

    url: str
    direction: str


@dataclass(frozen=True)
class Pager:
    """What `components/pager.html` takes."""

    previous_url: str
    next_url: str


def with_query(request: HttpRequest, **changes: str) -> str:
    """Return the address of this page with some of its query changed; an empty value takes the parameter away."""
    query = request.GET.copy()
    for name, value in changes.items():
        if value:
            query[name] = value
        else:
            query.pop(name, None)
    return f"?{query.urlencode()}"


def chosen_sort(request: HttpRequest, allowed: Sequence[str]) -> str:
    """Return the sort that the address asks for, if it is one of the allowed ones, else the first of those."""
    sort = request.GET.get(SORT, "")
    return sort if sort.removeprefix("-") in {name.removeprefix("-") for name in allowed} else allowed[0]


def order_by(sort: str) -> tuple[str, str]:
    """Return the order of rows for a sort: ties go by primary key, in the same direction."""
    return sort, "-pk" if sort.startswith("-") else "pk"


def sort_links(request: HttpRequest, allowed: Sequence[str], current: str) -> dict[str, SortLink]:
    """Return the link of each sortable column by its field; the first click sorts as `allowed` says, the next turns."""
    links = {}
    for name in allowed:
        field = name.removeprefix("-")
        active = current.removeprefix("-") == field
        turned = field if current.startswith("-") else f"-{field}"
        direction = ("descending" if current.startswith("-") else "ascending") if active else ""
        links[field] = SortLink(with_query(request, sort=turned if active else name, cursor=""), direction)
    return links


def pager(request: HttpRequest, page: Page[Row]) -> Pager:
    """Return the links to the neighbours of a page."""
    return Pager(
        previous_url=with_query(request, cursor=page.previous_cursor) if page.previous_cursor else "",
        next_url=with_query(request, cursor=page.next_cursor) if page.next_cursor else "",
    )
