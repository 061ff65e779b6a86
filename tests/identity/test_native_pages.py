"""The pages of an application's native mode."""

import pytest
from django.test import Client
from django.urls import reverse

from identity.models import AppClient
from tenants.audit_actions import Action
from tenants.models import ApiScope, Application, AuditEvent, NativeMode, PoolKind, TenantApplication
from tests.factories import ApplicationFactory, Cast, TenantFactory, UserPoolFactory

CHOICES = {
    "standard_scopes": ["openid", "email"],
    "readable": ["email", "name"],
    "writable": ["name"],
    "access_minutes": "30",
    "id_minutes": "30",
    "refresh_days": "14",
    "rotate_refresh": "on",
    "rotation_grace_seconds": "10",
    "api_scopes": "orders.read Read orders\n\n orders.write  Write orders ",
}


@pytest.fixture
def operator_client(cast: Cast) -> Client:
    """The browser of an operator who is signed in."""
    client = Client()
    client.force_login(cast.operator)
    return client


@pytest.fixture
def application(cast: Cast) -> Application:
    """An application of the operator."""
    return ApplicationFactory.create()


def test_native_mode_is_switched_on_changed_and_off(operator_client: Client, application: Application) -> None:
    """From one page."""
    url = reverse("fleet:application-native", args=[application.pk])
    assert operator_client.get(url).status_code == 200
    assert operator_client.post(url, CHOICES).status_code == 302
    mode = NativeMode.objects.get(application=application)
    assert (mode.access_minutes, mode.rotate_refresh, mode.public_client) == (30, True, False)
    scopes = ApiScope.objects.filter(application=application).values_list("name", "description")
    assert list(scopes) == [("orders.read", "Read orders"), ("orders.write", "Write orders")]
    operator_client.post(reverse("fleet:application-native-off", args=[application.pk]))
    assert not NativeMode.objects.exists()
    assert AuditEvent.objects.filter(action=Action.APPLICATION_NATIVE_SET).count() == 2


@pytest.mark.parametrize(
    ("field", "value"), [("access_minutes", "4"), ("api_scopes", "two words here\nno-description"), ("readable", "sub")]
)
def test_a_wrong_choice_is_said_beside_its_field(
    operator_client: Client, application: Application, field: str, value: str
) -> None:
    """And nothing is saved."""
    answer = operator_client.post(reverse("fleet:application-native", args=[application.pk]), {**CHOICES, field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not NativeMode.objects.exists()


def test_the_secret_is_shown_on_request_and_audited(operator_client: Client, application: Application) -> None:
    """To an operator who asks, never in a list."""
    tenant = TenantFactory.create(pool=UserPoolFactory.create(kind=PoolKind.DEDICATED, cognito_id="us-east-1_abc"))
    NativeMode.objects.create(application=application)
    TenantApplication.objects.create(tenant=tenant, application=application)
    purpose = f"native-{application.pk.hex[:12]}"
    row = AppClient(tenant=tenant, pool=tenant.pool, purpose=purpose, client_id="client-1")
    row.seal_secret("the-secret")
    row.save()
    page = operator_client.get(reverse("fleet:application-native", args=[application.pk])).content.decode()
    assert "client-1" in page
    assert "the-secret" not in page
    answer = operator_client.post(reverse("fleet:application-native-secret", args=[application.pk, tenant.pk]))
    assert "the-secret" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert AuditEvent.objects.filter(action=Action.NATIVE_SECRET_SHOWN, tenant=tenant).exists()
