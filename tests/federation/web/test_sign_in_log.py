"""The tenant's log of sign-ins: who tried, what came of it, a chart, a download, and the same by the API."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from federation.models import AuthEvent, AuthOutcome, AuthWay
from federation.selectors.auth_events import AuthEventFilter, Day, figures
from federation.tasks import purge_sign_in_state
from federation.web.sign_in_chart import sign_in_chart
from identity.models import DirectoryUser
from tenants.models import FleetSettings, Tenant
from tests.factories import Cast, DirectoryUserFactory, TenantCast
from tests.identity.api.test_api import Call, assert_problem, call

__all__ = ["call"]
PAGE = "/t/acme/sign-ins/"
CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"


@pytest.fixture
def acme(cast: Cast) -> TenantCast:
    """The cast's tenant with a dedicated pool."""
    return cast.acme


@pytest.fixture
def client(acme: TenantCast) -> Client:
    """The browser of acme's auditor, who may only look."""
    client = Client()
    client.force_login(acme.account_of(acme.auditor))
    return client


@pytest.fixture
def ada(acme: TenantCast) -> DirectoryUser:
    return DirectoryUserFactory.create(tenant=acme.tenant, email="ada@acme.example")


def attempt(tenant: Tenant, outcome: AuthOutcome, *, days: int = 0, **values: object) -> AuthEvent:
    """A line of the log, so many days old."""
    made = AuthEvent.objects.create(
        tenant=tenant,
        outcome=outcome,
        **{"way": AuthWay.PASSWORD, "ip": "192.0.2.7", "network": "192.0.2.7", "user_agent": CHROME, **values},
    )
    AuthEvent.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=days))
    return made


def test_every_attempt_is_a_line(acme: TenantCast, ada: DirectoryUser, client: Client) -> None:
    attempt(acme.tenant, AuthOutcome.SUCCEEDED, user=ada, known_device=True)
    attempt(acme.tenant, AuthOutcome.FAILED, user=ada, reason="wrong_password")
    attempt(acme.tenant, AuthOutcome.FAILED, reason="unknown_user")
    attempt(acme.tenant, AuthOutcome.LIMITED, way=AuthWay.TOTP, reason="too_many", detail="code.account")
    page = client.get(PAGE).content.decode()
    for words in ("The password was wrong.", "Nobody here has that address.", "Chrome on Linux", "code.account"):
        assert words in page
    assert "1 succeeded, 2 failed, 1 were kept waiting; 4 on the busiest day." in page
    assert page.count("a new browser") == 1
    row = client.get(f"/t/acme/users/{ada.pk}/").content.decode()
    assert f"{PAGE}?user={ada.pk}" in row
    assert "The password was wrong." in row


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("outcome=failed", {"wrong", "far"}),
        ("q=ADA%40acme", {"wrong", "in"}),
        ("q=192.0.2.7", {"wrong", "in"}),
        ("q=2001:db8:1:2::77", {"far"}),
        ("way=passkey", {"far"}),
        ("reason=wrong_password", {"wrong"}),
        ("browser=new&outcome=failed", {"wrong"}),
        ("since=2000-01-01&until=2000-01-02", set()),
        ("outcome=nothing&application=x&since=never", {"wrong", "far", "in"}),
        (f"user={uuid.uuid4()}", set()),
    ],
)
def test_filters(acme: TenantCast, ada: DirectoryUser, client: Client, query: str, found: set[str]) -> None:
    """In the list, in the download and in the figures alike."""
    attempt(acme.tenant, AuthOutcome.SUCCEEDED, user=ada, known_device=True, request_id="in")
    attempt(acme.tenant, AuthOutcome.FAILED, user=ada, reason="wrong_password", request_id="wrong")
    far = attempt(acme.tenant, AuthOutcome.FAILED, reason="wrong_code", request_id="far", way=AuthWay.PASSKEY)
    AuthEvent.objects.filter(pk=far.pk).update(ip="2001:db8:1:2::9", network="2001:db8:1:2::")
    answer = client.get(f"{PAGE}?{query}")
    assert {event.request_id for event, _reason, _device in answer.context["lines"]} == found
    total = answer.context["total"]
    assert total.succeeded + total.failed == len(found)
    lines = client.get(f"{PAGE}export/?{query}").getvalue().decode().splitlines()[1:]
    assert {line.rpartition(",")[2] for line in lines} == found


def test_figures_are_of_each_day(acme: TenantCast) -> None:
    """Also of days on which nothing happened, and never of another tenant."""
    attempt(acme.tenant, AuthOutcome.SUCCEEDED, days=2)
    attempt(acme.tenant, AuthOutcome.FAILED, days=2, reason="wrong_password")
    attempt(acme.tenant, AuthOutcome.FAILED, reason="wrong_password")
    attempt(acme.tenant, AuthOutcome.SUCCEEDED, days=40)
    found = figures(acme.tenant, AuthEventFilter())
    assert len(found.days) == 30
    assert [(day.succeeded, day.failed) for day in found.days[-3:]] == [(1, 1), (0, 0), (0, 1)]
    assert (found.reasons, found.networks) == ([("wrong_password", 2)], [("192.0.2.7", 2)])
    assert figures(acme.tenant, AuthEventFilter(since=timezone.now().date() + timedelta(days=3))).total.failed == 1


def test_the_chart_is_as_high_as_its_highest_day() -> None:
    today = timezone.now().date()
    chart = sign_in_chart([Day(today, 3, 1, 0), Day(today), Day(today, 0, 0, 1)])
    assert (chart.width, chart.highest) == (30, 4)
    assert chart.succeeded == "M0 100.0v-75.0h8v75.0z"
    assert chart.failed == "M0 25.0v-25.0h8v25.0z"
    assert chart.limited == "M20 100.0v-25.0h8v25.0z"
    assert sign_in_chart([Day(today)]).highest == 0


def test_it_is_kept_as_long_as_the_fleet_says(acme: TenantCast) -> None:
    FleetSettings.objects.create(sign_in_days=7)
    young = attempt(acme.tenant, AuthOutcome.FAILED, days=6)
    attempt(acme.tenant, AuthOutcome.FAILED, days=8)
    purge_sign_in_state()
    assert list(AuthEvent.objects.all()) == [young]


def test_by_the_api(call: Call, acme: TenantCast, ada: DirectoryUser) -> None:
    attempt(acme.tenant, AuthOutcome.SUCCEEDED, user=ada, amr=["pwd"], known_device=True)
    attempt(acme.tenant, AuthOutcome.FAILED, user=ada, reason="wrong_password")
    first = call("GET", "sign-ins", query={"limit": "1"}).json()
    assert [(line["reason"], line["reason_in_words"]) for line in first["sign_ins"]] == [
        ("wrong_password", "The password was wrong.")
    ]
    second = call("GET", "sign-ins", query={"limit": "1", "cursor": first["next_cursor"]}).json()["sign_ins"][0]
    assert (second["email"], second["amr"], second["known_browser"]) == ("ada@acme.example", ["pwd"], True)
    assert (second["browser"], second["ip"]) == ("Chrome on Linux", "192.0.2.7")
    assert len(call("GET", "sign-ins", query={"outcome": "failed", "user": str(ada.pk)}).json()["sign_ins"]) == 1
    counted = call("GET", "sign-in-figures").json()
    assert (counted["days"][-1]["succeeded"], counted["days"][-1]["failed"]) == (1, 1)
    assert counted["reasons"] == [{"name": "wrong_password", "count": 1}]
    assert_problem(call("GET", "sign-ins", query={"outcome": "nothing"}), 400, "invalid")
