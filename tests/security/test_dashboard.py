"""The dashboard attacked by people who are signed in to it: other tenants' objects, other people's visits, races."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from identity.models import DirectoryUser, UserStatus
from identity.services.invitations import invite_user
from identity.services.users import set_user_role
from tenants.actor import system
from tenants.errors import DomainError
from tenants.models import Account, AuditEvent, Invitation, SupportSession
from tenants.permissions import OperatorRole
from tenants.services.audit import verify
from tests.factories import Cast, TenantCast, actor_of
from tests.support.url_map import Route, routes

pytestmark = pytest.mark.django_db

POSTS = [route for route in routes() if not route.name.startswith("api:")]


def visit(cast: Cast, account: Account, *, minutes: int = 60) -> SupportSession:
    expires_at = timezone.now() + timedelta(minutes=minutes)
    return SupportSession.objects.create(
        tenant=cast.acme.tenant, account=account, reason="INC-1", expires_at=expires_at
    )


def address(route: Route, cast: Cast, user: DirectoryUser) -> str:
    """The address of a route, about acme and one of its users."""
    values: dict[str, Any] = {
        "slug": "acme",
        "tenant_id": cast.acme.tenant.pk,
        "user_id": user.pk,
        "draft_id": uuid.uuid4(),
        "kind": "tenant",
        "number": 1,
        "resource_id": 1,
    }
    known = {name: values.get(name, uuid.uuid4()) for name in route.parameters}
    return reverse(route.name, kwargs=known)


def guarded() -> list[Route]:
    return [route for route in POSTS if route.permission is not None]


@pytest.mark.parametrize("route", guarded(), ids=str)
def test_no_form_is_taken_without_its_token(cast: Cast, route: Route) -> None:
    """Whatever a POST does, it does nothing for a page of another site, whose browser has the cookie."""
    client = Client(enforce_csrf_checks=True)
    account = TenantCast.account_of(cast.acme.owner) if route.is_tenant_view else cast.operator
    client.force_login(account)
    before = AuditEvent.objects.count()
    answer = client.post(address(route, cast, cast.acme.outsider), {}, headers={"Origin": "https://evil.example"})
    assert answer.status_code in {403, 405}
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("route", guarded(), ids=str)
def test_a_link_changes_nothing(cast: Cast, route: Route) -> None:
    """A GET, which an image on another site can make, writes no event."""
    client = Client()
    client.force_login(TenantCast.account_of(cast.acme.owner) if route.is_tenant_view else cast.operator)
    before = AuditEvent.objects.count()
    assert client.get(address(route, cast, cast.acme.outsider)).status_code < 500
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("route", [route for route in guarded() if "user_id" in route.parameters], ids=str)
def test_ones_own_slug_reaches_nobody_elses_user(cast: Cast, route: Route) -> None:
    client = Client()
    client.force_login(TenantCast.account_of(cast.globex.owner))
    stolen = address(route, cast, cast.acme.outsider).replace("/acme/", "/globex/")
    users = DirectoryUser.objects.filter(tenant=cast.acme.tenant).order_by("pk")
    before = list(users.values_list("status", "role", "updated_at"))
    for answer in (
        client.get(stolen),
        client.post(stolen, {"confirm_name": cast.acme.outsider.email, "role": "owner"}),
    ):
        assert answer.status_code in {404, 405}
    assert list(users.values_list("status", "role", "updated_at")) == before


def test_no_filter_reaches_into_the_query(cast: Cast) -> None:
    client = Client()
    client.force_login(TenantCast.account_of(cast.acme.owner))
    hostile = {
        "q": "%' OR 1=1 --", "status": "active' OR '1'='1", "role": "owner__tenant__slug", "mfa": "\0",
        "sort": "tenant__key", "cursor": "../..", "tenant": "globex", "tenant_id": str(cast.globex.tenant.pk),
        "email__contains": "globex",
        "_connector": "OR", "since": "0001-01-01", "until": "99999-01-01", "action": "\0", "actor_kind": "x",
    }  # fmt: skip
    for name, value in hostile.items():
        for page in ("users/", "users/export.csv", "audit/", "audit/export.csv", "team/"):
            answer: Any = client.get(f"/t/acme/{page}", {name: value})
            assert answer.status_code in {200, 422}, (page, name)
            text = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert b"globex" not in text.replace(value.encode(), b""), (page, name)


# Visits of the operator's staff.


def test_a_visit_is_one_persons_to_one_tenant(cast: Cast) -> None:
    visit(cast, cast.support)
    client = Client()
    for account, slug, status in (
        (cast.support, "acme", 200),
        (cast.support, "globex", 302),
        (cast.operator, "acme", 302),
        (cast.operator_auditor, "acme", 302),
    ):
        client.force_login(account)
        assert client.get(f"/t/{slug}/users/").status_code == status


def test_a_visit_ends_with_its_time_its_role_and_its_visitor(cast: Cast) -> None:
    session = visit(cast, cast.support)
    client = Client()
    client.force_login(cast.support)
    assert client.get("/t/acme/users/").status_code == 200
    Account.objects.filter(pk=cast.support.pk).update(operator_role=OperatorRole.AUDITOR)
    assert client.get("/t/acme/users/").status_code == 403
    Account.objects.filter(pk=cast.support.pk).update(operator_role=OperatorRole.SUPPORT, is_active=False)
    assert client.get("/t/acme/users/")["Location"] == "/sign-in/acme/?next=/t/acme/users/"
    Account.objects.filter(pk=cast.support.pk).update(is_active=True)
    SupportSession.objects.filter(pk=session.pk).update(expires_at=timezone.now())
    assert client.get("/t/acme/users/")["Location"].startswith("/fleet/")


def test_support_cannot_make_itself_an_owner(cast: Cast) -> None:
    visit(cast, cast.support)
    client = Client()
    client.force_login(cast.support)
    client.post("/t/acme/users/invite/", {"email": "mole@evil.example", "name": "", "role": "owner"})
    assert not DirectoryUser.objects.filter(email="mole@evil.example").exclude(role="").exists()
    answer = client.post(f"/t/acme/users/{cast.acme.outsider.pk}/role/", {"role": "owner"})
    assert answer.status_code == 403
    answer = client.post(f"/t/acme/users/{cast.acme.owner.pk}/temporary-password/")
    assert answer.status_code == 403


def test_a_member_in_a_browser_that_an_operator_used(cast: Cast) -> None:
    """One session is one person's: the second sign-in leaves nothing of the first."""
    client = Client()
    client.force_login(cast.operator)
    first = client.session.session_key
    client.force_login(TenantCast.account_of(cast.acme.owner))
    assert client.session.session_key != first
    assert client.get("/fleet/").status_code == 404
    assert client.get("/t/acme/").status_code == 200


# Races.


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_one_address_invited_many_times_at_once(cast: Cast) -> None:
    tenant, actor = cast.acme.tenant, actor_of(cast.acme.owner)

    def call() -> DirectoryUser:
        return invite_user(tenant, email="new@acme.example", name="", role="", actor=actor)

    results = at_once(*[call] * 6)
    assert sum(isinstance(result, DirectoryUser) for result in results) == 1
    assert Invitation.objects.filter(email="new@acme.example").count() == 1
    assert AuditEvent.objects.filter(action="user.invited").count() == 1
    assert verify(str(tenant.pk)) is None


@pytest.mark.django_db(transaction=True)
def test_owners_who_take_each_others_role_at_once(cast: Cast) -> None:
    tenant, first = cast.acme.tenant, cast.acme.owner
    DirectoryUser.objects.filter(pk=cast.acme.admin.pk).update(role="owner")
    second = DirectoryUser.objects.get(pk=cast.acme.admin.pk)
    at_once(
        lambda: set_user_role(tenant, second.pk, role="", actor=actor_of(first)),
        lambda: set_user_role(tenant, first.pk, role="", actor=actor_of(second)),
        lambda: set_user_role(tenant, first.pk, role="", actor=system("test")),
    )
    owners = DirectoryUser.objects.filter(tenant=tenant, role="owner", status=UserStatus.ACTIVE)
    assert owners.count() == 1
    assert verify(str(tenant.pk)) is None
