"""Who may call the API: a tenant's user with an access token of the dashboard, as the directory says they are now."""

import uuid
from typing import Any, cast

import pytest
from django.conf import settings
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from federation.dashboard_login.application import api_audience, ensure_dashboard_application
from federation.provider.mint import Subject, mint_access_token
from federation.services.signing_keys import ensure_signing_keys
from identity.models import DirectoryUser, UserStatus
from tenants.http import Request as RequestWithActor
from tenants.models import Account, Application, Tenant, TenantStatus
from tenants.permissions import Permission
from tests.factories import ApplicationFactory, DirectoryUserFactory
from tests.factories.federation import make_family

pytestmark = pytest.mark.django_db


class WhoAmI(APIView):
    """Answers who asks; with the default authentication and permission."""

    def get(self, request: Request) -> Response:
        """Answer the actor."""
        actor = cast(RequestWithActor, request).actor
        return Response(
            {
                "id": actor.id,
                "role": actor.role,
                "tenant": str(actor.tenant_id),
                "may_write": actor.allows(Permission.USERS_WRITE),
                "account": str(cast(Account, request.user).subject),
            }
        )


@pytest.fixture
def dashboard() -> Application:
    """The dashboard's application."""
    ensure_signing_keys()
    return ensure_dashboard_application()


@pytest.fixture
def olga() -> DirectoryUser:
    """An owner."""
    created: DirectoryUser = DirectoryUserFactory.create(role="owner")
    return created


def token_for(user: DirectoryUser, application: Application, **changed: Any) -> str:
    values = {
        "issuer": settings.SIGNIN_URL,
        "subject": str(user.pk),
        "email": user.email,
        "email_verified": True,
        "name": user.name,
        # What the token says of roles is not what counts.
        "roles": ("owner",),
        "groups": (),
        "tenant_id": str(user.tenant_id),
        "tenant_slug": user.tenant.slug,
        "client_id": application.client_id,
        "audiences": (application.audience,),
        "scope": frozenset({"openid"}),
        "nonce": "",
        "auth_time": 1,
        "acr": "",
        "amr": (),
        "session_id": str(uuid.uuid4()),
        "family_id": make_family(user, application).pk.hex,
    }
    return mint_access_token(Subject(**{**values, **changed}))


def ask(authorization: str) -> Response:
    request = RequestFactory().get("/", headers={"Authorization": authorization} if authorization else {})
    response = WhoAmI.as_view()(request)
    assert isinstance(response, Response)
    return response


def test_a_member(dashboard: Application, olga: DirectoryUser) -> None:
    assert dashboard.audience == api_audience()
    response = ask(f"Bearer {token_for(olga, dashboard)}")
    assert response.status_code == 200
    assert response.data == {
        "id": str(olga.pk),
        "role": "owner",
        "tenant": str(olga.tenant_id),
        "may_write": True,
        "account": str(olga.pk),
    }


def test_the_role_is_the_directorys(dashboard: Application, olga: DirectoryUser) -> None:
    token = token_for(olga, dashboard)
    DirectoryUser.objects.filter(pk=olga.pk).update(role="auditor")
    response = ask(f"Bearer {token}")
    assert (response.data["role"], response.data["may_write"]) == ("auditor", False)


def test_who_may_not(dashboard: Application, olga: DirectoryUser) -> None:
    other = ApplicationFactory.create(audience=api_audience())
    refused = [
        "",
        "Basic eDp5",
        "Bearer",
        "Bearer x",
        f"Bearer {token_for(olga, dashboard, audiences=('https://other.example',))}",
        # Another application that was registered with our audience.
        f"Bearer {token_for(olga, other)}",
        f"Bearer {token_for(olga, dashboard, tenant_id=str(uuid.uuid4()))}",
        f"Bearer {token_for(olga, dashboard, subject=str(uuid.uuid4()))}",
    ]
    for authorization in refused:
        response = ask(authorization)
        error = ', error="invalid_token"' if authorization.startswith("Bearer") else ""
        challenge = f'Bearer realm="{api_audience()}"{error}'
        assert (response.status_code, response["WWW-Authenticate"]) == (401, challenge), authorization


@pytest.mark.parametrize("change", [{"status": UserStatus.DISABLED}, {"status": UserStatus.DELETING}, {"role": ""}])
def test_who_may_not_any_more(dashboard: Application, olga: DirectoryUser, change: dict[str, str]) -> None:
    token = token_for(olga, dashboard)
    DirectoryUser.objects.filter(pk=olga.pk).update(**change)
    assert ask(f"Bearer {token}").status_code == 401


def test_a_suspended_tenant(dashboard: Application, olga: DirectoryUser) -> None:
    token = token_for(olga, dashboard)
    Tenant.objects.filter(pk=olga.tenant_id).update(status=TenantStatus.SUSPENDED)
    assert ask(f"Bearer {token}").status_code == 401
