"""Role x address x foreign tenant: every page of the dashboard tried as everybody, against what permissions.py says."""

import copy
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from federation.models import Connection, ConnectionKind, ConnectionTest, ConnectionTestState, EmailDomain
from federation.services.connection_certificates import keep_certificates
from federation.services.connections import NewConnection, create_connection
from federation.services.email_domains import claim_domain
from identity.models import AppClient, BulkJob, BulkKind, DirectoryUser, Family, Group, SyncedResource, SyncPlan
from identity.sync.native import purpose_of
from tenants.models import (
    Account,
    Application,
    ApplicationRole,
    Branding,
    OutboxEntry,
    ResourceServer,
    SupportSession,
    SyncKind,
    Tenant,
)
from tests.architecture.people import FORBIDDEN, NOTHING, OPEN, PEOPLE, REASON, SIGN_IN, Person
from tests.factories import ApplicationFactory, Cast, TenantCast, actor_of, make_cast
from tests.support.connections import a_certificate, come_by
from tests.support.domains import password_rule
from tests.support.url_map import Route, routes_of

NO_SUCH_SLUG = "nosuchtenant"


@dataclass(frozen=True)
class World:
    """The cast, and the key of each person's session on the dashboard, by `Person.label`."""

    cast: Cast
    sessions: Mapping[str, str]


@contextmanager
def undone() -> Iterator[None]:
    """Leave nothing in the database of what is done within."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def made_once(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """The cast signed in, and what addresses name: a logo and an outbox row of acme. No test here leaves a change."""
    with django_db_blocker.unblock(), undone():
        cast = make_cast()
        furnish(cast)
        yield World(cast, {person.label: session_of(account) for person in PEOPLE if (account := person.account(cast))})


@pytest.fixture
def world(made_once: World, db: None) -> World:
    """That world as it was made, for one test."""
    return copy.deepcopy(made_once)


def session_of(account: Account) -> str:
    """Sign an account in to the dashboard."""
    client = Client()
    client.force_login(account)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def furnish(cast: Cast) -> None:
    """Make what addresses name."""
    Branding.objects.filter(tenant=cast.acme.tenant).update(logo=b"\x89PNG", logo_type="image/png")
    OutboxEntry.objects.create(kind=SyncKind.POOL, key=cast.acme.tenant.pool_id)
    SyncPlan.objects.create(scope=SyncKind.TENANT, key=cast.acme.tenant.pk)
    SyncedResource.objects.create(
        scope=SyncKind.POOL, key=cast.acme.tenant.pool_id, family=Family.MFA, name=cast.acme.tenant.pool.name
    )


def native_application(tenant: Tenant) -> Application:
    """An application that has an app client in the tenant's pool."""
    application = ApplicationFactory.create()
    row = AppClient(tenant=tenant, pool=tenant.pool, purpose=purpose_of(application.pk), client_id="client")
    row.seal_secret("secret")
    row.save()
    return application


def draft_connection(acme: TenantCast) -> Connection:
    """A connection of acme's, just begun."""
    new = NewConnection(name=uuid.uuid4().hex, kind=ConnectionKind.SAML, guide="generic-saml", word="saml")
    made = create_connection(acme.tenant, new, actor=actor_of(acme.owner))
    keep_certificates(made, signing=a_certificate(), encryption="")
    return made


def begun_test(connection: Connection) -> ConnectionTest:
    """A test of a connection that somebody began elsewhere."""
    return ConnectionTest.objects.create(
        tenant=connection.tenant,
        connection=connection,
        version=1,
        word=uuid.uuid4().hex[:10],
        state=ConnectionTestState.FAILED,
        session_hash="0",
        expires_at=timezone.now() + timedelta(minutes=1),
    )


def claimed_domain(acme: TenantCast) -> EmailDomain:
    """A domain that acme claimed."""
    return claim_domain(acme.tenant, name=f"{uuid.uuid4().hex}.example.com", actor=actor_of(acme.owner))


def address(route: Route, cast: Cast, *, slug: str = "acme", user_id: uuid.UUID | None = None) -> str:
    """Reverse a route with acme's own objects, but for those that are given."""
    acme = cast.acme
    # What belongs to a connection or a domain has to be of the one that the address names.
    connection = cache(lambda: draft_connection(acme))
    domain = cache(lambda: claimed_domain(acme))
    application = cache(lambda: native_application(acme.tenant))
    objects = {
        "slug": lambda: slug,
        "tenant_id": lambda: acme.tenant.pk,
        "test_id": lambda: begun_test(connection()).pk,
        "user_id": lambda: user_id or acme.outsider.pk,
        "application_id": lambda: application().pk,
        "api_id": lambda: ResourceServer.objects.create(name="Orders", identifier="https://api.example").pk,
        "role_id": lambda: ApplicationRole.objects.create(application=application(), name="editor", everybody=True).pk,
        "draft_id": uuid.uuid4,
        "file": lambda: "signing.pem",
        "cell_id": lambda: cast.cell.pk,
        "connection_id": lambda: connection().pk,
        "domain_id": lambda: domain().pk,
        "rule_id": lambda: password_rule(domain()).pk,
        "group_id": lambda: Group.objects.create(tenant=acme.tenant, name=f"group-{uuid.uuid4().hex}").pk,
        "job_id": lambda: BulkJob.objects.create(tenant=acme.tenant, kind=BulkKind.CREATE).pk,
        "kind": lambda: SyncKind.POOL.value,
        "key": lambda: acme.tenant.pool_id,
        "number": lambda: 1,
        "pool_id": lambda: acme.tenant.pool_id,
        "plan_id": lambda: SyncPlan.objects.get().pk,
        "resource_id": lambda: SyncedResource.objects.get().pk,
    }
    unknown = set(route.parameters) - objects.keys()
    assert not unknown, f"say here which object of acme stands for {unknown}"
    if {"user_id", "connection_id"} <= set(route.parameters):
        come_by(connection(), acme.outsider)
    return reverse(route.name, kwargs={name: objects[name]() for name in route.parameters})


def client_of(label: str, world: World) -> Client:
    client = Client()
    if label in world.sessions:
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[label]
    return client


def visit(account: Account, tenant: Tenant) -> None:
    """Let an operator into a tenant's dashboard, as if they had said why."""
    ends = timezone.now() + timedelta(minutes=1)
    SupportSession.objects.create(tenant=tenant, account=account, reason="the matrix", expires_at=ends)


def outcome(response: HttpResponseBase) -> str:
    """Name what a response is; an unexpected one by its status."""
    location = response.headers.get("Location", "")
    if response.status_code == 302 and location.startswith((reverse(settings.LOGIN_URL), "/sign-in/")):
        return SIGN_IN
    if response.status_code == 302 and location.endswith("/enter/"):
        return REASON
    named = {403: FORBIDDEN, 404: NOTHING, 200: OPEN, 302: OPEN, 409: OPEN, 422: OPEN, 503: OPEN}
    return named.get(response.status_code, str(response.status_code))


def attempts(client: Client, url: str) -> dict[str, HttpResponseBase]:
    """Try GET and POST; a method that the view does not take says nothing about who may."""
    responses = {"GET": client.get(url), "POST": client.post(url, {})}
    return {method: response for method, response in responses.items() if response.status_code != 405}


def outcomes(person: Person, url: str, world: World) -> dict[str, str]:
    """What a person meets; whatever they change is undone."""
    with undone():
        account = person.account(world.cast) if person.visits_acme else None
        if account is not None:
            visit(account, world.cast.acme.tenant)
        found = attempts(client_of(person.label, world), url)
        return {method: outcome(response) for method, response in found.items()}


@pytest.mark.parametrize("route", [*routes_of("fleet"), *routes_of("tenant")], ids=str)
def test_everybody_meets_what_their_role_says(route: Route, world: World) -> None:
    permission = route.permission
    assert permission is not None
    wrong = []
    url = address(route, world.cast)
    for person in PEOPLE:
        expected = person.acme(permission) if route.is_tenant_view else person.fleet(permission)
        found = outcomes(person, url, world)
        assert found, f"{route} takes neither GET nor POST"
        wrong += [
            f"{person} {method}: expected {expected}, met {met}" for method, met in found.items() if met != expected
        ]
    assert not wrong, f"{route} ({permission}): {wrong}"


@pytest.mark.parametrize("route", routes_of("tenant"), ids=str)
def test_a_foreign_tenant_is_not_told_from_one_that_does_not_exist(route: Route, world: World) -> None:
    assert not Tenant.objects.filter(slug=NO_SUCH_SLUG).exists()
    urls = {slug: address(route, world.cast, slug=slug) for slug in ("acme", NO_SUCH_SLUG)}
    for label in ("nobody", "globex owner"):
        foreign, missing = (shown(attempts(client_of(label, world), url), slug) for slug, url in urls.items())
        assert foreign == missing


@pytest.mark.parametrize("route", [route for route in routes_of("tenant") if "user_id" in route.parameters], ids=str)
def test_a_foreign_user_is_not_told_from_one_that_does_not_exist(route: Route, world: World) -> None:
    client, theirs = client_of("globex owner", world), world.cast.acme.outsider
    found = {}
    for user_id in (theirs.pk, uuid.uuid4()):
        url = address(route, world.cast, slug="globex", user_id=user_id)
        found[user_id] = shown(attempts(client, url), str(user_id))
    foreign, missing = found.values()
    assert foreign == missing
    assert all(status in {404, 422} for status, _, _ in foreign.values())
    now = DirectoryUser.objects.get(pk=theirs.pk)
    assert (now.status, now.role) == (theirs.status, theirs.role)


def shown(responses: dict[str, HttpResponseBase], asked: str) -> dict[str, tuple[int, str, str]]:
    """Responses without what differs between any two requests: CSRF tokens, request ids, and what was asked for."""
    return {method: _shown(response, asked) for method, response in responses.items()}


def _shown(response: HttpResponseBase, asked: str) -> tuple[int, str, str]:
    assert isinstance(response, HttpResponse), "what is refused is not streamed"
    body = response.content.decode().replace(response.headers["X-Request-ID"], "<request id>")
    body = re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+', r"\1", body)
    page = response.wsgi_request.path  # type: ignore[attr-defined]  # The test client puts it there.
    location = response.headers.get("Location", "").replace(page, "<page>").replace(asked, "<asked>")
    return response.status_code, location, body.replace(asked, "<asked>")
