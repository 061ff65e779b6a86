"""A person at a tenant whose pool has all second factors, and where their codes arrive."""

import uuid
from dataclasses import dataclass

import pyotp
import pytest

from federation.signin.cognito import client_ref
from identity import auth
from identity.models import AppClient, DirectoryUser
from tenants.factors import SecondFactor
from tenants.models import Application, MfaPolicy, PoolKind, SignInPolicy, Tenant, TenantApplication
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser, reconcile
from tests.support.codes import code_in, mailed_code
from tests.support.cognito import LocalCognito
from tests.support.mail import Mailbox
from tests.support.pool_settings import SMS, VARIANTS, set_on

ALL = ["totp", "email", "sms"]


@dataclass
class Scene:
    """A person at a tenant whose pool has all second factors, and where their codes arrive."""

    application: Application
    tenant: Tenant
    person: DirectoryUser
    number: str
    mailbox: Mailbox
    cognito: LocalCognito

    def sign_in(self, **parameters: str) -> Browser:
        browser = Browser(self.application)
        browser.sign_in(self.person.email, PASSWORD, organization=self.tenant.slug, **parameters)
        return browser

    def mailed(self, count: int = 1) -> str:
        return mailed_code(self.mailbox, self.person.email, count=count)

    def texted(self) -> str:
        return code_in(self.cognito.texts_to(self.number)[-1])

    def policy(self, mfa: MfaPolicy, factors: list[str]) -> None:
        SignInPolicy.objects.filter(tenant=self.tenant).update(mfa=mfa, second_factors=factors)
        if not self.tenant.pool.is_shared:
            reconcile(self.tenant)

    def has(self, *factors: SecondFactor) -> pyotp.TOTP | None:
        """Let the person have these second factors in Cognito, and return the app."""

        client = client_ref(AppClient.objects.get(tenant=self.tenant, purpose=AppClient.SIGN_IN))
        signed_in = auth.sign_in_with_password(client, self.person.username, PASSWORD)
        assert isinstance(signed_in, auth.SignedIn)
        app = None
        if SecondFactor.TOTP in factors:
            app = pyotp.TOTP(
                auth.begin_totp_setup(client, access_token=signed_in.access_token).secret.get_secret_value()
            )
            auth.finish_totp_setup(
                client, self.person.username, access_token=signed_in.access_token, code=app.now(), device_name="x"
            )
        auth.set_factors(client, access_token=signed_in.access_token, on=factors)
        return app


@pytest.fixture(params=list(PoolKind))
def scene(
    request: pytest.FixtureRequest,
    application: Application,
    make_tenant: MakeTenant,
    make_user: MakeUser,
    mailbox: Mailbox,
    cognito: LocalCognito,
) -> Scene:
    """In either isolation."""
    tenant = make_tenant("mia", request.param)
    set_on(tenant, **VARIANTS["email-mfa"], **SMS)
    TenantApplication.objects.create(tenant=tenant, application=application)
    SignInPolicy.objects.filter(tenant=tenant).update(second_factors=ALL)
    reconcile(tenant)
    person = make_user(tenant, f"mia.{uuid.uuid4().hex[:8]}@mia.example")
    number = f"+4477{uuid.uuid4().int % 10**8:08d}"
    return Scene(application, Tenant.objects.get(pk=tenant.pk), person, number, mailbox, cognito)
