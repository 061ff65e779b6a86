"""A member of tenant A never gets a token of tenant B.

By no flow, through no client, in neither isolation, and in whatever state their account is; and of their own
tenant only while the account is in order.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import pytest

from federation.dashboard_login.application import client_secret, ensure_dashboard_application
from identity import auth
from identity.cells import pool_ref
from identity.models import DirectoryUser, UserStatus
from identity.services.users import delete_user, disable_user
from identity.tokens import verify_access_token, verify_id_token
from tenants.actor import system
from tenants.models import Application, PoolKind, Tenant, TenantApplication
from tests.factories import ApplicationFactory, DirectoryUserFactory
from tests.federation.browser import SECRET, Browser
from tests.federation.conftest import PASSWORD, MakeTenant
from tests.federation.signin.ways import EMAIL, allow
from tests.security.cognito.flows import FLOWS, Flow, Tokens, Visit
from tests.support.by_hand import client_of
from tests.support.mail import Mailbox

pytestmark = pytest.mark.urls("config.urls.signin")

_ACTOR = system("test")
_IN_ORDER = "active"


def _disabled(person: DirectoryUser) -> None:
    disable_user(person.tenant, person.pk, actor=_ACTOR)


def _deleted(person: DirectoryUser) -> None:
    delete_user(person.tenant, person.pk, confirm_email=person.email, actor=_ACTOR)


def _unconfirmed(person: DirectoryUser) -> None:
    """Invited, and never accepted: whoever knows a password that Cognito takes does not know it from us."""
    DirectoryUser.objects.filter(pk=person.pk).update(status=UserStatus.INVITED)


def _deleted_there(person: DirectoryUser) -> None:
    pool = pool_ref(person.tenant.pool)
    client_of(pool).admin_delete_user(UserPoolId=pool.pool_id, Username=person.username)


def _disabled_there(person: DirectoryUser) -> None:
    pool = pool_ref(person.tenant.pool)
    client_of(pool).admin_disable_user(UserPoolId=pool.pool_id, Username=person.username)


def _temporary_there(person: DirectoryUser) -> None:
    auth.set_temporary_password(pool_ref(person.tenant.pool), person.username, person.email, PASSWORD)


# Of what Lifeguard knows itself, and of what was done in Cognito alone.
HERE: dict[str, Callable[[DirectoryUser], None]] = {
    "disabled": _disabled,
    "deleted": _deleted,
    "unconfirmed": _unconfirmed,
}
THERE: dict[str, Callable[[DirectoryUser], None]] = {
    "deleted in Cognito alone": _deleted_there,
    "disabled in Cognito alone": _disabled_there,
    "temporary password": _temporary_there,
}
STATES = HERE | THERE
CLIENTS = ("of both", "of home", "of the other", "dashboard")


@dataclass(frozen=True)
class World:
    """Two tenants, applications by who may use them, and where mail arrives."""

    home: Tenant
    other: Tenant
    applications: dict[str, Application]
    mailbox: Mailbox


@dataclass(frozen=True)
class Cell:
    """One thing to try."""

    flow: str
    client: str
    state: str
    at: str

    @property
    def way(self) -> Flow:
        """The flow."""
        return FLOWS[self.flow]

    def comes_in(self) -> bool:
        """Say whether this gives tokens, which then are of home."""
        leads_home = self.at == "home" or not self.way.names_organization
        return leads_home and self.client != "of the other" and self.state == _IN_ORDER


def cells() -> Iterator[Cell]:
    """Each flow in each state of the account, and each flow through each client."""
    for (name, flow), at in product(FLOWS.items(), ("home", "other")):
        for client in CLIENTS:
            yield Cell(name, client, _IN_ORDER, at)
        for state in (*HERE, *(THERE if flow.asks_cognito else ())) if flow.in_each_state else ():
            yield Cell(name, "of both", state, at)


def member(world: World, flow: Flow) -> DirectoryUser:
    """Somebody of home, and somebody else of the other tenant with their very address; both are administrators."""
    email = f"{uuid.uuid4().hex[:12]}@both.example"
    DirectoryUserFactory.create(tenant=world.other, email=email, role="admin", status=UserStatus.ACTIVE)
    person: DirectoryUser = DirectoryUserFactory.create(
        tenant=world.home, email=email, role="admin", status=UserStatus.ACTIVE
    )
    if flow.asks_cognito:
        person.cognito_sub = auth.create_user_with_password(pool_ref(world.home.pool), person.username, email, PASSWORD)
        person.save(update_fields=["cognito_sub"])
    return person


def tried(world: World, cell: Cell, caller: str) -> tuple[DirectoryUser, Tokens]:
    """Try a cell, each from an address of its own: nobody is held up by what others failed at."""
    person = member(world, cell.way)
    browser = Browser(world.applications[cell.client])
    browser.client.defaults["REMOTE_ADDR"] = caller
    secret = client_secret() if cell.client == "dashboard" else SECRET
    at = world.home.slug if cell.at == "home" else world.other.slug
    steps = cell.way.steps(Visit(browser, person, PASSWORD, secret, at, world.mailbox))
    next(steps)
    if cell.state != _IN_ORDER:
        STATES[cell.state](person)
    return person, next(steps)


def fault(world: World, cell: Cell, person: DirectoryUser, tokens: Tokens) -> str:
    """Return what is wrong with what a cell brought."""
    if tokens is None:
        return "got nothing" if cell.comes_in() else ""
    application = world.applications[cell.client]
    access = verify_access_token(tokens["access_token"], audience=application.audience)
    identity = verify_id_token(tokens["id_token"], client_id=application.client_id)
    whose = {(access.tenant_id, access.subject), (identity.tenant_id, identity.subject)}
    if whose != {(world.home.pk, person.pk)}:
        return f"got tokens of {whose}"
    return "" if cell.comes_in() else "got in"


@pytest.mark.parametrize("isolation", list(PoolKind))
def test_who_gets_in_and_what_they_get(
    isolation: PoolKind, application: Application, make_tenant: MakeTenant, mailbox: Mailbox
) -> None:
    home = make_tenant("acme", isolation)
    other = make_tenant("globex", isolation, beside=home if isolation == PoolKind.SHARED else None)
    alone, foreign = ApplicationFactory.create(), ApplicationFactory.create()
    for tenant, usable in [(home, application), (other, application), (home, alone), (other, foreign)]:
        TenantApplication.objects.create(tenant=tenant, application=usable)
    names = dict(zip(CLIENTS, (application, alone, foreign, ensure_dashboard_application()), strict=True))
    world = World(home, other, names, mailbox)
    for tenant in (home, other):
        allow(tenant, EMAIL)
    wrong = []
    for number, cell in enumerate(cells()):
        person, tokens = tried(world, cell, f"198.51.{number // 250}.{number % 250 + 1}")
        if found := fault(world, cell, person, tokens):
            wrong.append(f"{cell}: {found}")
    assert wrong == []


def test_the_matrix_tries_who_gets_in_too() -> None:
    """Otherwise a way that is broken would pass for one that is closed."""
    assert {cell.flow for cell in cells() if cell.comes_in()} == {*FLOWS}
    assert {cell.state for cell in cells()} == {_IN_ORDER, *STATES}
