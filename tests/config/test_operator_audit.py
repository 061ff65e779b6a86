"""What operators do to their own accounts is in the fleet's audit log."""

import pyotp
import pytest
from django.test import Client
from django.urls import reverse

from tenants.models import AuditEvent
from tenants.models.audit import FLEET_CHAIN
from tenants.services.audit import verify
from tests.factories import Cast

PASSWORD = "Operator-battery-staple-1"


@pytest.fixture
def signed_in(client: Client, cast: Cast) -> Client:
    """The operator, by the front door."""
    cast.operator.set_password(PASSWORD)
    cast.operator.save(update_fields=["password"])
    client.post(reverse("account_login"), {"login": cast.operator.email, "password": PASSWORD})
    return client


def recorded() -> list[tuple[str, str]]:
    """What the fleet's chain says, oldest first: the action, and who."""
    events = AuditEvent.objects.filter(chain=FLEET_CHAIN, action__startswith="operator.").order_by("sequence")
    return list(events.values_list("action", "actor_label"))


def test_signing_in_and_changing_the_password(signed_in: Client, cast: Cast) -> None:
    new = "Another-battery-staple-2"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    signed_in.post(reverse("account_change_password"), form)
    who = str(cast.operator)
    assert recorded() == [("operator.signed_in", who), ("operator.password_changed", who)]
    assert verify(FLEET_CHAIN) is None


def test_a_wrong_password_is_not_a_sign_in(client: Client, cast: Cast) -> None:
    client.post(reverse("account_login"), {"login": cast.operator.email, "password": "wrong"})
    assert recorded() == []


@pytest.mark.django_db(transaction=True)  # allauth tells of it once the change is committed.
def test_adding_and_removing_an_authenticator_app(signed_in: Client) -> None:
    signed_in.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = signed_in.get(reverse("mfa_activate_totp"))
    code = pyotp.TOTP(page.context["form"].secret).now()
    signed_in.post(reverse("mfa_activate_totp"), {"code": code})
    signed_in.post(reverse("mfa_deactivate_totp"))
    actions = [action for action, _who in recorded()]
    assert actions[:2] == ["operator.signed_in", "operator.factor_added"]
    assert "operator.factor_removed" in actions
    added = AuditEvent.objects.filter(action="operator.factor_added").order_by("sequence").first()
    assert added is not None
    assert added.after["factor"]
