"""Access tokens for the operator's APIs: by `resource` (RFC 8707), by scope, and for nothing that was not given."""

import uuid
from typing import Any, cast

import jwt
import pytest
from django.http import HttpResponse
from django.test import Client

from federation.models import TokenFamily
from tenants.models import Application, ResourceScope, ResourceServer
from tenants.services.resource_servers import (
    ResourceServerSettings,
    add_resource_server,
    set_application_resources,
)
from tests.federation.browser import SECRET, Browser, json_of
from tests.support.connections import ACTOR

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]

ORDERS, STOCK = "https://orders.example", "https://stock.example/api"
WANTED = "openid orders:read orders:write stock:read email"


@pytest.fixture(autouse=True)
def apis(assigned: Application) -> dict[str, ResourceServer]:
    """Two APIs; the application may read at either, and write at none."""
    servers = {
        name: add_resource_server(
            ResourceServerSettings(
                name=name, identifier=identifier, scopes={f"{name}:read": "Read", f"{name}:write": "Write"}
            ),
            actor=ACTOR,
        )
        for name, identifier in (("orders", ORDERS), ("stock", STOCK))
    }
    chosen: dict[uuid.UUID, list[str]] = {server.pk: [f"{name}:read"] for name, server in servers.items()}
    set_application_resources(assigned.pk, chosen, actor=ACTOR)
    return servers


def claims_of(tokens: dict[str, Any]) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    return claims


def brought(browser: Browser, *resources: str, scope: str = WANTED) -> dict[str, str]:
    """Have the session answer a request for some APIs; return the answer."""
    asked = {**browser.parameters(organization="acme", scope=scope), "resource": list(resources)}
    browser.page = cast(HttpResponse, browser.client.get("/oauth2/authorize", asked))
    return browser.answer()


def redeemed(browser: Browser, *resources: str, scope: str = WANTED, at_token: tuple[str, ...] = ()) -> Any:
    """The token endpoint's answer to a request for some APIs; `at_token` names them there once more."""
    return _token(
        browser,
        {
            "grant_type": "authorization_code",
            "code": brought(browser, *resources, scope=scope)["code"],
            "redirect_uri": browser.application.redirect_uris[0],
            "code_verifier": browser.verifier,
        },
        at_token,
    )


def renewed(browser: Browser, tokens: dict[str, Any], *resources: str, **more: str) -> Any:
    sent = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], **more}
    return _token(browser, sent, resources)


def _token(browser: Browser, sent: dict[str, str], resources: tuple[str, ...]) -> Any:
    client = {"client_id": browser.application.client_id, "client_secret": SECRET}
    return Client().post("/oauth2/token", {**sent, **client, "resource": list(resources)})


def test_without_any_a_token_is_for_the_applications_own_api(browser: Browser, assigned: Application) -> None:
    claims = claims_of(json_of(redeemed(browser, scope="openid email")))
    assert (claims["aud"], claims["scope"]) == (assigned.audience, "email openid")
    assert TokenFamily.objects.get().audiences == []


def test_a_resource_says_what_a_token_is_for(browser: Browser) -> None:
    tokens = json_of(redeemed(browser, ORDERS))
    claims = claims_of(tokens)
    assert claims["aud"] == ORDERS
    # Neither what was not given, nor what counts elsewhere.
    assert set(claims["scope"].split()) == set(tokens["scope"].split()) == {"openid", "email", "orders:read"}


def test_several_are_a_list(browser: Browser) -> None:
    claims = claims_of(json_of(redeemed(browser, ORDERS, STOCK)))
    assert claims["aud"] == [ORDERS, STOCK]
    assert {"orders:read", "stock:read"} < set(claims["scope"].split())


def test_scopes_say_by_themselves_where_they_count(browser: Browser) -> None:
    claims = claims_of(json_of(redeemed(browser, scope="openid stock:read stock:write")))
    assert (claims["aud"], claims["scope"]) == (STOCK, "openid stock:read")


@pytest.mark.parametrize("resource", ["https://other.example", f"{ORDERS}/", "https://ORDERS.example", "not a uri"])
def test_what_was_not_given_is_no_target(browser: Browser, resource: str) -> None:
    answer = brought(browser, ORDERS, resource)
    assert answer["error"] == "invalid_target"
    assert resource not in answer["error_description"]


def test_each_token_can_be_for_one_of_those(browser: Browser) -> None:
    """Down-scoping at the token endpoint (section 2.2): a stolen one then opens one door."""
    tokens = json_of(redeemed(browser, ORDERS, STOCK, at_token=(ORDERS,)))
    assert claims_of(tokens)["aud"] == ORDERS
    assert "stock:read" not in tokens["scope"]
    second = json_of(renewed(browser, tokens, STOCK))
    assert (claims_of(second)["aud"], "stock:read" in second["scope"]) == (STOCK, True)
    both = claims_of(json_of(renewed(browser, second)))
    assert both["aud"] == [ORDERS, STOCK]


def test_more_than_is_kept_cannot_be_asked_for(
    browser: Browser, assigned: Application, apis: dict[str, ResourceServer]
) -> None:
    names = [f"orders:{number:03}:{'x' * 50}" for number in range(70)]
    ResourceScope.objects.bulk_create(
        ResourceScope(server=apis["orders"], name=name, description=name) for name in names
    )
    set_application_resources(assigned.pk, {apis["orders"].pk: names}, actor=ACTOR)
    scope = " ".join(["openid", *names])
    assert brought(browser, scope=scope)["error"] == "invalid_scope"
    Application.objects.filter(pk=assigned.pk).update(device_flow=True)
    sent = {**browser.parameters(scope=scope), "client_secret": SECRET}
    for path in ("/oauth2/par", "/oauth2/device_authorization"):
        assert json_of(cast(HttpResponse, Client().post(path, sent)))["error"] == "invalid_scope"


def test_nothing_is_used_up_by_asking_for_too_much(browser: Browser, assigned: Application) -> None:
    tokens = json_of(redeemed(browser, ORDERS))
    for other in (STOCK, assigned.audience):
        refused = renewed(browser, tokens, other)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_target")
    assert renewed(browser, tokens, ORDERS).status_code == 200


def test_what_is_taken_away_is_in_no_token_any_more(
    browser: Browser, assigned: Application, apis: dict[str, ResourceServer]
) -> None:
    tokens = json_of(redeemed(browser, ORDERS, STOCK))
    set_application_resources(assigned.pk, {apis["stock"].pk: []}, actor=ACTOR)
    tokens = json_of(renewed(browser, tokens))
    assert (claims_of(tokens)["aud"], set(tokens["scope"].split())) == (STOCK, {"openid", "email"})
    set_application_resources(assigned.pk, {}, actor=ACTOR)
    assert renewed(browser, tokens).json()["error"] == "invalid_target"


def test_pushed_requests_keep_them_all(browser: Browser) -> None:
    asked = {**browser.parameters(organization="acme", scope=WANTED), "resource": [ORDERS, STOCK]}
    pushed = Client().post("/oauth2/par", {**asked, "client_secret": SECRET}).json()
    client_id = browser.application.client_id
    browser.get(f"/oauth2/authorize?client_id={client_id}&request_uri={pushed['request_uri']}")
    answer = browser.exchange(browser.answer()["code"])
    assert claims_of(json_of(answer))["aud"] == [ORDERS, STOCK]
    wrong = {**asked, "nonce": "another", "resource": "https://other.example", "client_secret": SECRET}
    refused = Client().post("/oauth2/par", wrong)
    assert refused.json()["error"] == "invalid_target"


def test_it_is_asked_about_and_revoked_as_any_other(browser: Browser) -> None:
    tokens = json_of(redeemed(browser, ORDERS))
    sent = {"token": tokens["access_token"], "client_id": browser.application.client_id, "client_secret": SECRET}
    found = Client().post("/oauth2/introspect", sent).json()
    assert (found["active"], found["aud"]) == (True, ORDERS)
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert Client().get("/oauth2/userinfo", headers=bearer).json()["email"] == "ann@acme.example"
    assert Client().post("/oauth2/revoke", sent).status_code == 200
    assert Client().post("/oauth2/introspect", sent).json() == {"active": False}


def test_narrowed_to_an_apis_scopes_it_opens_that_api_alone(browser: Browser) -> None:
    tokens = json_of(redeemed(browser, ORDERS))
    narrow = json_of(renewed(browser, tokens, ORDERS, scope="orders:read"))
    assert (claims_of(narrow)["aud"], claims_of(narrow)["scope"]) == (ORDERS, "orders:read")
    bearer = {"Authorization": f"Bearer {narrow['access_token']}"}
    assert Client().get("/oauth2/userinfo", headers=bearer).status_code == 403
    # The refresh token keeps what was granted.
    assert "openid" in claims_of(json_of(renewed(browser, narrow)))["scope"]


def test_other_parameters_are_sent_once(browser: Browser) -> None:
    asked = {**browser.parameters(organization="acme"), "scope": ["openid", "openid email"]}
    answer: Any = browser.client.get("/oauth2/authorize", asked)
    assert "error=invalid_request&" in answer["Location"]
