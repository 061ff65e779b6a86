"""Signing in by a SAML connection whose metadata was read as the wizard reads it, in both isolations."""

from typing import Any

import pytest

from federation.connections.mapping import GroupRule, Mapping
from federation.models import AuthEvent, Connection, FederatedIdentity, FederatedSignIn, SignInOutcome
from identity.models import DirectoryUser
from tenants.models import Application, Cell, PoolKind, Tenant, TenantApplication
from tenants.permissions import TenantRole
from tests.federation.arrivals import HTTP, Traveller, connect_saml
from tests.federation.conftest import MakeTenant
from tests.support.saml_idp import SamlIdp

pytestmark = pytest.mark.urls("config.urls.signin")


@pytest.fixture
def idp() -> SamlIdp:
    """A SAML identity provider whose one person has an id with capital letters."""
    return SamlIdp(name_id="AbC-1")


@pytest.fixture(params=[PoolKind.SHARED, PoolKind.DEDICATED])
def tenant(
    request: pytest.FixtureRequest, local_cell: Cell, make_tenant: MakeTenant, application: Application
) -> Tenant:
    """A tenant that may use the application."""
    local_cell.hosted_base_url = local_cell.endpoint_url
    local_cell.save(update_fields=["hosted_base_url"])
    made = make_tenant("globex", request.param)
    TenantApplication.objects.create(tenant=made, application=application)
    return made


@pytest.fixture
def connection(tenant: Tenant, idp: SamlIdp) -> Connection:
    """An active connection to it, with rules for groups."""
    made = connect_saml(tenant, idp, GroupRule("IT, all of it", role=TenantRole.AUDITOR))
    assert made.mapping == Mapping(email="email", name="name", groups="groups", rules=made.mapping.rules)
    return made


@pytest.fixture
def ada(application: Application) -> Traveller:
    """Ada's browser."""
    return Traveller(application)


def come_by(ada: Traveller, tenant: Tenant, connection: Connection, idp: SamlIdp, **changes: Any) -> None:
    """The whole way: the browser carries the provider's answer to Cognito, and Cognito's to us."""
    asked = idp.asked(HTTP.get(ada.leave(tenant, connection)).headers["location"])
    form = idp.form(idp.signed(idp.answer(asked, **changes)), asked.relay_state)
    ada.arrive(HTTP.post(asked.acs, data=form).headers["location"])


def test_somebody_comes_in(tenant: Tenant, connection: Connection, idp: SamlIdp, ada: Traveller) -> None:
    """With name and role; known by the NameID as Cognito keeps it."""
    said = {"email": ["Ada@Acme.example"], "name": ["Ada"], "groups": ["Staff", "IT, all of it"]}
    come_by(ada, tenant, connection, idp, attributes=said)
    assert ada.exchange(ada.answer()["code"]).status_code == 200
    user = DirectoryUser.objects.get(tenant=tenant, email="ada@acme.example")
    assert (user.name, user.role) == ("Ada", TenantRole.AUDITOR)
    assert FederatedIdentity.objects.get(user=user).subject == "abc-1"
    assert FederatedIdentity.objects.get(user=user).claims["groups"] == ["Staff", "IT, all of it"]
    come_by(Traveller(ada.application), tenant, connection, idp, attributes={**said, "groups": []})
    assert DirectoryUser.objects.get(tenant=tenant).role == ""


def test_a_wrong_audience_is_told_to_the_administrator(
    tenant: Tenant, connection: Connection, idp: SamlIdp, ada: Traveller
) -> None:
    """In Cognito's own words; the person reads plain ones."""
    come_by(ada, tenant, connection, idp, audience="urn:somebody:else")
    assert ada.page.status_code == 403
    assert "cannot be accepted" in ada.text
    line = FederatedSignIn.objects.get()
    assert "udience" in line.detail
    event = AuthEvent.objects.get(tenant=tenant)
    assert (line.outcome, event.federated, event.reason) == (SignInOutcome.FAILED, line, line.code)
    assert not DirectoryUser.objects.filter(tenant=tenant).exists()
