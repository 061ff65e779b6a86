"""A tenant's owner tries every page and every call of the API with what is a neighbour's, and with what is nobody's.

Both answer alike: status, headers, body and cookies, and the same statements to the database, whose number and shape
are what the time of an answer comes from. Nothing of the neighbour's is read or changed.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from federation.services.signing_keys import ensure_signing_keys
from tests.identity.api.test_api import views
from tests.identity.api.tokens import token_of
from tests.isolation.neighbours import PLAIN, House, nobodys
from tests.support.telling import Told, differences, told
from tests.support.url_map import Route, routes_of

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_HTMX = {"HX-Request": "true"}
_PAGES, _CALLS = routes_of("tenant"), routes_of("api")
# htmx takes the third for the end of asking again (`user_sync`).
_NOTHING = {404, 405, 286}
# What every call takes, so that nothing but the guard keeps it from being done; no network is asked for it.
_BODY = {
    "by": "url",
    "url": "https://127.0.0.1/",
    "issuer": "https://127.0.0.1/",
    "client_id": "ours",
    "scopes": "openid",
    "mapping": {"email": "email"},
    "jit": "on",
    "sign_requests": False,
    "encrypt_assertions": False,
    "sign_out_there": False,
    "scope": "addresses",
    "destination": "every",
    "addresses": ["ada@halden.com"],
}
Send = Callable[[str, str, Mapping[str, str]], Any]


def parameters(route: Route) -> list[str]:
    """What an address names that is somebody's."""
    return [name for name in route.parameters if name not in PLAIN]


def naming(routes: list[Route]) -> list[Route]:
    """The addresses that name something that is somebody's."""
    return [route for route in routes if parameters(route)]


def address(route: Route, ids: Mapping[str, object]) -> str:
    """Where that is, on globex' own pages."""
    plain = {"slug": "globex", "number": 1, "file": "signing.pem"}
    return reverse(route.name, kwargs={name: ids.get(name, plain.get(name)) for name in route.parameters})


def mixtures(route: Route, ours: House, theirs: House) -> Iterator[tuple[dict[str, object], dict[str, object]]]:
    """What to try: each way of naming something of the neighbour's, and the same with what nobody has instead."""
    names = parameters(route)
    for foreign in product((True, False), repeat=len(names)):
        if any(foreign):
            taken = dict(zip(names, foreign, strict=True))
            stolen = {name: theirs.ids[name] if taken[name] else ours.ids[name] for name in names}
            made_up = {name: nobodys(name, ours) if taken[name] else ours.ids[name] for name in names}
            yield stolen, made_up


def test_every_parameter_is_known() -> None:
    """A new one belongs into `neighbours.furnished`, or on the list of what is nobody's."""
    assert naming(_PAGES)
    assert naming(_CALLS)


@contextmanager
def undone() -> Iterator[None]:
    """Try something without leaving a trace of it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def tried(send: Send, method: str, where: str, headers: Mapping[str, str], ids: Mapping[str, object]) -> Told:
    """What an address tells, of which nothing is left."""
    with undone():
        return told(send, method, where, headers, asked=ids.values())


def compared(route: Route, send: Send, ours: House, theirs: House) -> list[str]:
    """Return what could be told apart, or was let through."""
    wrong: list[str] = []
    ways = [*((method, {}) for method in _METHODS), ("GET", _HTMX)]
    for (stolen, made_up), (method, headers) in product(mixtures(route, ours, theirs), ways):
        foreign, nobody = (tried(send, method, address(route, ids), headers, ids) for ids in (stolen, made_up))
        wrong += [f"{method} {stolen}: {difference}" for difference in differences(foreign, nobody)]
        if foreign.status not in _NOTHING:
            wrong.append(f"{method} {stolen}: {foreign.status}; was what is sent refused for itself?")
        # An answer may repeat what it was asked for, which `told` takes out.
        wrong += [f"{method} {stolen} tells {name}" for name in theirs.names if name in foreign.body]
    return wrong


def is_reached(route: Route, send: Send, ours: House) -> bool:
    """Say whether what is one's own answers by some method: otherwise the test would try nothing."""
    where = address(route, ours.ids)
    return any(tried(send, method, where, {}, {}).status not in _NOTHING for method in _METHODS)


def confirming(house: House) -> dict[str, str]:
    """What a form would have to say, so that only the guard keeps it from being done."""
    return {
        "confirm_name": house.domain,
        "confirm_email": house.cast.outsider.email,
        "name": "Ours",
        "reason": "x",
        "role": "owner",
    }


@pytest.mark.parametrize("route", naming(_PAGES), ids=str)
def test_a_page_about_a_neighbours_thing_is_a_page_about_nothing(route: Route, ours: House, theirs: House) -> None:
    client = Client()
    client.force_login(ours.cast.account_of(ours.cast.owner))
    client.get("/t/globex/")
    form = confirming(theirs)

    def send(method: str, where: str, headers: Mapping[str, str]) -> Any:
        sent = {"data": form} if method == "POST" else {}
        return getattr(client, method.lower())(where, headers=headers, **sent)

    before = theirs.rows()
    assert is_reached(route, send, ours), f"{route}: say in neighbours.py what of a tenant this address can name"
    assert compared(route, send, ours, theirs) == []
    assert theirs.rows() == before


@pytest.mark.parametrize("route", naming(_CALLS), ids=str)
def test_a_call_about_a_neighbours_thing_is_a_call_about_nothing(route: Route, ours: House, theirs: House) -> None:
    ensure_signing_keys()
    client, token = Client(), token_of(ours.cast.owner)
    body = json.dumps(_BODY | confirming(theirs))

    def send(method: str, where: str, headers: Mapping[str, str]) -> Any:
        sent, mine = "" if method in {"GET", "HEAD"} else body, {"Authorization": f"Bearer {token}"}
        return client.generic(method, where, sent, content_type="application/json", headers={**headers, **mine})

    before = theirs.rows()
    assert is_reached(route, send, ours), f"{route}: say in neighbours.py what of a tenant this address can name"
    assert compared(route, send, ours, theirs) == []
    assert theirs.rows() == before


def test_every_call_was_walked() -> None:
    """The map of addresses and the list of views are the same API."""
    assert {name for name, _view in views()} == {route.name.removeprefix("api:") for route in _CALLS}


def test_no_list_has_anything_of_a_neighbour(ours: House, theirs: House) -> None:
    """No page, and no call, without an object in its address; whatever is sent along as a filter."""
    ensure_signing_keys()
    client = Client()
    client.force_login(ours.cast.account_of(ours.cast.owner))
    headers = {"Authorization": f"Bearer {token_of(ours.cast.owner)}"}
    pages = [address(route, {}) for route in _PAGES if not {*route.parameters} - {"slug"}]
    calls = [reverse(route.name) for route in _CALLS if not route.parameters]
    filters = [{}, *({name: str(value)} for name, value in theirs.ids.items()), {"q": theirs.tenant.slug}]
    told_of = []
    for where, sent in product([*pages, *calls], filters):
        with undone():
            found = told(client.get, where, sent, headers=headers if where in calls else {})
        told_of += [f"{where} {sent}: {name}" for name in theirs.names - {*sent.values()} if name in found.body]
    assert told_of == []
