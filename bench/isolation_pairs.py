"""The pairs of requests of `bench.isolation`. Imported once Django is set up."""

import itertools
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from django.test import Client
from django.urls import reverse

from bench.isolation import Pair
from federation.models import Connection, DomainStatus, EmailDomain
from federation.services import connection_states as states
from federation.services.email_domains import claim_domain, remove_domain
from federation.services.signing_keys import ensure_signing_keys
from tenants.models import Tenant, TenantApplication
from tests.factories import ApplicationFactory, Cast, TenantCast, actor_of, make_cast, make_tenant_cast
from tests.federation.browser import Browser
from tests.isolation.neighbours import House, furnished
from tests.support.connections import ACTOR

_PAGES = {
    "connection": ("connection_id",),
    "connection-sign-ins": ("connection_id",),
    "connection-test-run": ("connection_id", "test_id"),
    "domain": ("domain_id",),
}


def dashboard_pairs() -> Iterator[Pair]:
    """Pages of Globex' owner, with ids of Initech's and with nobody's; and claims to domains."""
    ours, theirs = _houses()
    client = Client()
    client.force_login(TenantCast.account_of(ours.cast.owner))
    nothing = _page(client, "connection", {"connection_id": uuid.uuid4()})
    yield Pair("the same twice", nothing, nothing)
    for name, parameters in _PAGES.items():
        foreign = _page(client, name, {each: theirs.ids[each] for each in parameters})
        yield Pair(f"page {name}", foreign, _page(client, name, {each: uuid.uuid4() for each in parameters}))
    yield Pair("claim of a domain", _claim(ours, theirs.domain), _claim(ours, "nowhere.halden.com"))


def _houses() -> tuple[House, House]:
    cast: Cast = make_cast()
    return furnished(cast.globex), furnished(make_tenant_cast("initech", pool=cast.globex.tenant.pool))


def _page(client: Client, name: str, ids: dict[str, object]) -> Callable[[], Any]:
    where = reverse(f"tenant:{name}", kwargs={"slug": "globex", **ids})
    return lambda: client.get(where)


def _claim(ours: House, name: str) -> Callable[[], None]:
    """Claim a domain, and give it up again: the next time is the first time, too."""
    actor = actor_of(ours.cast.owner)

    def send() -> None:
        claim = claim_domain(ours.tenant, name=name, actor=actor)
        remove_domain(ours.tenant, claim.pk, confirm_name=name, actor=actor)

    return send


def signin_pairs() -> Iterator[Pair]:
    """Anybody's browser on its way into Globex."""
    ensure_signing_keys()
    globex, initech = (Tenant.objects.get(slug=slug) for slug in ("globex", "initech"))
    application = ApplicationFactory.create(name="Sample")
    for tenant in (globex, initech):
        TenantApplication.objects.create(tenant=tenant, application=application)
    browser = Browser(application)
    browser.client.handler.enforce_csrf_checks = False
    browser.authorize(organization="globex")
    query = browser.address.rpartition("?")[2]
    connection = Connection.objects.get(tenant=initech)
    starts = [f"/globex/sign-in/by/{each}?{query}" for each in (connection.pk, uuid.uuid4())]
    yield Pair("sign-in by a connection", *(_get(browser.client, where) for where in starts))
    domain = EmailDomain.objects.filter(tenant=initech)
    domain.update(status=DomainStatus.PROVED)
    held = domain.get().name
    yield Pair("address on a tenant's page", *(_typed(browser, name, "globex") for name in _names(held)))
    states.disable(initech, connection.pk, actor=ACTOR)
    yield Pair("address on the page for all", *(_typed(browser, name, None) for name in _names(held)))


def _names(held: str) -> tuple[str, str]:
    return held, "nowhere.halden.com"


def _get(client: Client, where: str) -> Callable[[], Any]:
    return lambda: client.get(where)


def _typed(browser: Browser, domain: str, organization: str | None) -> Callable[[], Any]:
    browser.authorize(organization=organization)
    where, number = browser.address, itertools.count()
    return lambda: browser.client.post(where, {"email": f"ada{next(number)}@{domain}"})
