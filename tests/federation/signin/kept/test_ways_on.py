"""The page that leads on from an address: by the rules of the ordinary way, and as that shows it."""

import re
from functools import partial
from typing import cast

import pytest
from django.http import HttpResponse

from federation.domains.routing import Destination
from federation.models import DomainRule
from federation.signin.kept_pages import KEPT
from tenants.models import Tenant
from tests.federation.browser import Browser
from tests.federation.signin.kept.asking import ADA, active, ordinary, told
from tests.support.domains import below, listing, otherwise, proved

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


def leads_on(browser: Browser, email: str, **parameters: str) -> object:
    browser.authorize(**parameters)
    return browser.client.post(browser.address, {**browser.hidden(), "email": email})


@pytest.mark.parametrize("parameters", [{}, {"organization": "acme"}])
def test_the_page_that_leads_on_is_the_ordinary_one(
    browser: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch, parameters: dict[str, str]
) -> None:
    otherwise(proved(acme, "acme-people.com"), active(acme))
    hidden = re.compile(r"request=[0-9a-f-]{36}")
    KEPT.forget_all()
    for email in ("ada@acme-people.com", "o'neil+test&x=1@acme-people.com", "Ada.B%C@ACME-people.com"):
        plain = ordinary(monkeypatch, partial(leads_on, browser, email, **parameters))
        assert plain[0] == 200
        for _turn in range(2):
            kept = told(leads_on(browser, email, **parameters))
            assert kept[:3] == plain[:3]
            assert hidden.sub("", str(kept[3])) == hidden.sub("", str(plain[3]))


def test_rules_decide_as_in_the_ordinary_way(browser: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    entra, okta = active(acme), active(acme, "Okta")
    claim = proved(acme, "acme-people.com")
    listing(claim, "boss@acme-people.com", to=okta)
    listing(claim, "intern@acme-people.com")
    below(claim, "works", to=okta)
    otherwise(claim, entra)
    hidden = re.compile(r"request=[0-9a-f-]{36}")
    for who in (
        "ada@acme-people.com",
        "Boss@acme-people.com",
        "intern@acme-people.com",
        ADA,
        "x@y.works.acme-people.com",
        "x@elsewhere.acme-people.com",
        "x@nowhere.example",
    ):
        ask = partial(leads_on, browser, who)
        plain, kept = ordinary(monkeypatch, ask), told(ask())
        assert kept[0] == plain[0], who
        assert hidden.sub("", str(kept[3])) == hidden.sub("", str(plain[3])), who
    DomainRule.objects.filter(domain=claim, scope="default").update(destination=Destination.EVERY, connections=[])
    text = cast(HttpResponse, leads_on(browser, "ada@acme-people.com")).content.decode()
    assert "Continue with Entra" in text
    assert "Continue with Okta" in text
