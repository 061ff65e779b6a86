"""In native mode Cognito's own client gives Cognito's own tokens: to its own tenant's people, while they are in order.

The row of the matrix that no application of ours sees: who signs in there does not come by Lifeguard at all.
"""

from itertools import product

import pytest
from django.test import Client

from federation.signin.cognito import client_ref
from identity import auth
from identity.cells import pool_ref
from identity.cognito_tokens import CognitoUse, verify_cognito_token
from identity.models import AppClient, DirectoryUser
from identity.sync import engine
from tenants.actor import system
from tenants.models import Application, SyncKind, Tenant
from tenants.services.native import set_native_mode
from tenants.services.tenants import set_tenant_applications
from tests.federation.browser import SECRET
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser, reconcile
from tests.security.cognito.states import HERE, IN_ORDER, STATES
from tests.support.native import native_options

pytestmark = pytest.mark.urls("config.urls.signin")

ACTOR = system("test")


def native_client(tenant: Tenant) -> AppClient:
    """The tenant's native client."""
    return AppClient.objects.select_related("pool__cell").get(tenant=tenant, purpose__startswith="native-")


def got_in(at: Tenant, username: str) -> auth.SignedIn | None:
    """Try the password at a tenant's native client."""
    try:
        result = auth.sign_in_with_password(client_ref(native_client(at)), username, PASSWORD)
    except auth.AuthError:
        return None
    return result if isinstance(result, auth.SignedIn) else None


def test_who_gets_in_at_a_native_client(application: Application, make_tenant: MakeTenant, make_user: MakeUser) -> None:
    set_native_mode(application.pk, native_options(), actor=ACTOR)
    home, other = make_tenant("acme"), make_tenant("globex")
    for tenant in (home, other):
        set_tenant_applications(tenant.pk, [application.pk], actor=ACTOR)
        reconcile(tenant)
    wrong = []
    # Whoever has not accepted an invitation is not in Cognito.
    for number, state in enumerate(each for each in (IN_ORDER, *STATES) if each != "unconfirmed"):
        person = make_user(home, f"native-{number}@both.example")
        make_user(other, person.email, password="Another-correct-horse-8")
        if state != IN_ORDER:
            STATES[state](person)
        if state in HERE:
            # Cognito is not asked by us in native mode: it has to be told.
            engine.run(SyncKind.USER, person.pk)
        for at, name in product((home, other), (person.username, person.email)):
            signed_in = got_in(at, name)
            if (signed_in is not None) != (state == IN_ORDER and at == home):
                wrong.append(f"{state} at {at.slug} as {name}")
            elif signed_in is not None:
                _is_theirs(home, person, signed_in, application)
    assert not wrong, "\n".join(wrong)


def _is_theirs(home: Tenant, person: DirectoryUser, signed_in: auth.SignedIn, application: Application) -> None:
    """Cognito's token is about them, and opens nothing of ours."""
    client, token = native_client(home), signed_in.access_token.get_secret_value()
    claims = verify_cognito_token(token, pool=client.pool, use=CognitoUse.ACCESS, client_id=client.client_id)
    assert (claims.subject, claims.username) == (person.cognito_sub, person.username)
    assert pool_ref(home.pool).pool_id == client.pool.cognito_id
    assert Client().get("/oauth2/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    asked = {"token": token, "client_id": application.client_id, "client_secret": SECRET}
    told = Client().post("/oauth2/introspect", asked)
    assert told.json() == {"active": False}
