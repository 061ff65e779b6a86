"""Two tenants and everything around them, made once for all cells of an isolation."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from federation.connections.mapping import Mapping
from federation.dashboard_login.application import ensure_dashboard_application
from federation.models import Connection, Linking, MfaTrust
from federation.services.connection_mapping import Arrivals, set_arrivals
from identity import auth
from identity.cells import pool_ref
from identity.models import DirectoryUser, UserStatus
from tenants.models import Application, Cell, MfaPolicy, PoolKind, SignInPolicy, SignUpPolicy, Tenant, TenantApplication
from tenants.pool_options import Recovery
from tests.factories import ApplicationFactory, DirectoryUserFactory, TenantFactory, UserPoolFactory
from tests.federation.arrivals import Traveller, connect, connect_saml
from tests.federation.conftest import PASSWORD, reconcile
from tests.federation.signin.ways import EMAIL, OF_POOL, PASSKEY, TEXT
from tests.security.cognito.visit import KEY, Around, Factors, Flow, Proof, Visit
from tests.security.cognito.ways.connections import OIDC, SAML
from tests.support.cognito import LocalCognito
from tests.support.connections import ACTOR
from tests.support.mail import Mailbox
from tests.support.oidc_idp import OidcIdp
from tests.support.pool_settings import MAIL, set_on
from tests.support.saml_idp import SamlIdp
from tests.tenants.test_client_keys import jwk

DASHBOARD = "dashboard"
# By which of the two tenants' people may use them.
CLIENTS = ("of both", "of home", "of the other", DASHBOARD)
_MAPPING = Mapping(email="email", name="name", groups="groups")
_HOW: dict[Proof, dict[str, object]] = {
    Proof.SECRET: {},
    Proof.NONE: {"is_public": True, "secret_hash": ""},
    Proof.KEYS: {"public_keys": [jwk(KEY.public_key(), kid="1")]},
}
# Of the policies, and of the pools.
_FACTORS: dict[Factors, tuple[dict[str, Any], dict[str, Any]]] = {
    Factors.CHOSEN: (
        {"second_factors": ["totp", "email", "sms"], "first_factors": []},
        {**MAIL, "email_mfa": True, "recovery": Recovery.ADMIN_ONLY},
    ),
    # Nobody begins with a code any more: Cognito does not require a factor beside that.
    Factors.REQUIRED: ({"second_factors": ["totp"], "mfa": MfaPolicy.REQUIRED}, {"first_factors": ()}),
}


@dataclass
class World:
    """Two tenants, applications by who may use them and how they prove who they are, and what is around people."""

    home: Tenant
    other: Tenant
    applications: dict[tuple[str, Proof], Application]
    around: Around
    visits: int = 0

    def visitor(self, flow: Flow, client: str, proof: Proof, *, at_home: bool) -> Visit:
        """Somebody of home, or who is to be; and somebody else of the other tenant with their very address.

        All are administrators. Each comes from an address of their own: nobody is held up by what others failed at.
        """
        email, number = f"{uuid.uuid4().hex[:12]}@both.example", self.visits
        self.visits += 1
        _member(self.other, email)
        if flow.known:
            person = _member(self.home, email)
            if flow.in_cognito:
                made = auth.create_user_with_password(pool_ref(self.home.pool), person.username, email, PASSWORD)
                DirectoryUser.objects.filter(pk=person.pk).update(cognito_sub=made)
        browser = Traveller(self.applications[client, proof])
        browser.client.defaults["REMOTE_ADDR"] = f"198.51.{number // 250}.{number % 250 + 1}"
        return Visit(browser, proof, email, self.home, (self.home if at_home else self.other).slug, self.around)

    def have(self, factors: Factors) -> None:
        """Have these second factors in policies and pools, which are without as they are made."""
        if factors == Factors.OFF:
            return
        policy, options = _FACTORS[factors]
        for tenant in {tenant.pool_id: tenant for tenant in (self.home, self.other)}.values():
            set_on(tenant, **options)
        SignInPolicy.objects.filter(tenant__in=(self.home, self.other)).update(**policy)
        for tenant in (self.home, self.other):
            reconcile(tenant)


def make_world(cell: Cell, isolation: PoolKind, mailbox: Mailbox, cognito: LocalCognito, idp: OidcIdp) -> World:
    """Make both tenants, in one pool or in one each, and let Cognito follow."""
    cell.hosted_base_url = cell.endpoint_url
    cell.save(update_fields=["hosted_base_url"])
    pools = [UserPoolFactory.create(cell=cell, kind=isolation) for _ in range(1 if isolation == PoolKind.SHARED else 2)]
    home, other = (
        TenantFactory.create(slug=slug, name=slug.capitalize(), pool=pool)
        for slug, pool in (("acme", pools[0]), ("globex", pools[-1]))
    )
    allowed = {"sign_up": SignUpPolicy.ANYONE, "first_factors": [EMAIL, TEXT, PASSKEY]}
    for tenant in (home, other):
        set_on(tenant, **OF_POOL)
        SignInPolicy.objects.filter(tenant=tenant).update(**allowed)
        reconcile(tenant)
    saml = SamlIdp()
    made = {
        OIDC: connect(home, idp, name=OIDC, mapping=_MAPPING),
        SAML: connect_saml(home, saml),
    }
    # Who is asked for two factors shows the second one to us; the policies ask nobody.
    arrivals = Arrivals(jit="invited", linking=Linking.TEAM, mfa_trust=MfaTrust.OWN)
    for connection in made.values():
        set_arrivals(home, connection.pk, arrivals, actor=ACTOR)
    made = {name: Connection.objects.get(pk=connection.pk) for name, connection in made.items()}
    return World(_again(home), _again(other), _applications(home, other), Around(mailbox, cognito, idp, saml, made))


def _applications(home: Tenant, other: Tenant) -> dict[tuple[str, Proof], Application]:
    users = dict(zip(CLIENTS, ((home, other), (home,), (other,)), strict=False))
    found = {(DASHBOARD, Proof.SECRET): ensure_dashboard_application()}
    for client, tenants in users.items():
        for proof, how in _HOW.items():
            made = found[client, proof] = ApplicationFactory.create(**how)
            TenantApplication.objects.bulk_create(
                TenantApplication(tenant=tenant, application=made) for tenant in tenants
            )
    return found


def _member(tenant: Tenant, email: str) -> DirectoryUser:
    # Who was asked already whether they would like a passkey is let in at once.
    asked = {"passkey_declined_at": timezone.now()}
    made: DirectoryUser = DirectoryUserFactory.create(
        tenant=tenant, email=email, role="admin", status=UserStatus.ACTIVE, **asked
    )
    return made


def _again(tenant: Tenant) -> Tenant:
    return Tenant.objects.select_related("pool__cell", "policy", "branding").get(pk=tenant.pk)
