"""People of a tenant, with what each path needs them to have."""

import uuid
from typing import Any

import pyotp
from django.utils import timezone

from federation.services import recovery_codes as codes
from federation.signin.cognito import client_ref
from identity import auth
from identity.cells import pool_ref
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.models import AppClient, DirectoryUser
from identity.services.invitations import invite_user
from tenants.actor import system
from tenants.factors import SecondFactor
from tenants.models import Tenant
from tests.e2e.paths.backstage import tenants
from tests.factories import DirectoryUserFactory
from tests.support.by_hand import client_of

PASSWORD = "Correct-Horse-Battery-1"
_ACTOR = system("the tests of paths")


def make(
    tenant: str,
    name: str,
    *,
    factors: list[str],
    number: bool,
    temporary: bool,
    offered: list[str],
    role: str = "",
) -> dict[str, Any]:
    """Have somebody in the directory and in Cognito.

    Args:
        tenant: the slug of theirs.
        name: the beginning of their address.
        factors: their second factors, of `SecondFactor`.
        number: whether they have a mobile number, which is verified.
        temporary: whether their password is one that must be replaced.
        offered: what a sign-in may offer them, `factor` and `passkey`; the rest they have declined.
        role: in the dashboard.
    """
    where = tenants.find(tenant)
    user = DirectoryUserFactory.create(
        tenant=where,
        email=_address(name, tenant),
        name=name.capitalize(),
        role=role,
        totp_declined_at=None if "factor" in offered else timezone.now(),
        passkey_declined_at=None if "passkey" in offered else timezone.now(),
    )
    put = auth.set_temporary_password if temporary else auth.create_user_with_password
    user.cognito_sub = put(pool_ref(where.pool), user.username, user.email, PASSWORD)
    user.save(update_fields=["cognito_sub"])
    wanted = {SecondFactor(factor) for factor in factors}
    texted = _give_number(user) if number or SecondFactor.SMS in wanted else ""
    app = _give_factors(user, wanted) if wanted else {}
    return {"id": str(user.pk), "email": user.email, "password": PASSWORD, "number": texted, **app}


def invite(tenant: str, name: str) -> str:
    """Invite somebody, who gets a mail; return their address."""
    where = tenants.find(tenant)
    email = _address(name, tenant)
    return invite_user(where, email=email, name=name.capitalize(), role="", actor=_ACTOR).email


def recovery_codes(user: str) -> list[str]:
    """Make recovery codes for somebody; those before are good no more."""
    return codes.make_codes(_find(user), actor=_ACTOR)


def demand_new_password(user: str) -> None:
    """Have Cognito take somebody's password no more, as an administrator does in the AWS console."""
    found = _find(user)
    pool = pool_ref(found.tenant.pool)
    client_of(pool).admin_reset_user_password(UserPoolId=pool.pool_id, Username=found.username)


def _address(name: str, tenant: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:8]}@{tenant}.example"


def _find(user: str) -> DirectoryUser:
    return DirectoryUser.objects.select_related("tenant", "tenant__pool").get(pk=uuid.UUID(user))


def _give_number(user: DirectoryUser) -> str:
    number = f"+4477{uuid.uuid4().int % 10**8:08d}"
    attributes = {"phone_number": number, "phone_number_verified": "true"}
    users.update_attributes(pool_ref(user.tenant.pool), user.username, attributes, priority=Priority.SIGN_IN)
    return number


def _give_factors(user: DirectoryUser, wanted: set[SecondFactor]) -> dict[str, str]:
    """Do what somebody signed in does; return the secret of their app and the code that was used, if they have one."""
    tenant: Tenant = user.tenant
    client = client_ref(AppClient.objects.get(tenant=tenant, purpose=AppClient.SIGN_IN))
    signed_in = auth.sign_in_with_password(client, user.username, PASSWORD)
    assert isinstance(signed_in, auth.SignedIn), signed_in
    app = {}
    if SecondFactor.TOTP in wanted:
        secret = auth.begin_totp_setup(client, access_token=signed_in.access_token).secret.get_secret_value()
        code = pyotp.TOTP(secret).now()
        auth.finish_totp_setup(client, user.username, access_token=signed_in.access_token, code=code, device_name="App")
        app = {"totp_secret": secret, "last_app_code": code}
    auth.set_factors(client, access_token=signed_in.access_token, on=wanted)
    return app
