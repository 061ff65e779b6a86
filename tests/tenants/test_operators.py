"""Adding staff, and the two commands."""

import re
from io import StringIO
from urllib.parse import urlsplit

import pytest
from django.core.mail import EmailMessage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from tenants.actor import Actor
from tenants.errors import ValidationFailed
from tenants.management.commands.create_operator import PASSWORD_VARIABLE
from tenants.models import Account, AuditEvent
from tenants.services.operators import add_operator
from tests.factories import Cast

PASSWORD = "a long enough passphrase"


def test_the_command_makes_an_operator(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)
    output = StringIO()
    call_command("create_operator", "New@Operator.Example", "--name", "New One", "--role", "support", stdout=output)
    account = Account.objects.get(email="new@operator.example")
    assert account.check_password(PASSWORD)
    assert account.operator_role == "support"
    assert PASSWORD not in output.getvalue()
    event = AuditEvent.objects.get(action="operator.added")
    assert PASSWORD not in str(event.after)
    assert account.password not in str(event.after)


def test_the_command_needs_a_password(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    monkeypatch.setattr("sys.stdin", StringIO())
    with pytest.raises(CommandError, match=PASSWORD_VARIABLE):
        call_command("create_operator", "new@operator.example", "--name", "New One")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "owner@operator.example"}, "email"),
        ({"name": ""}, "name"),
        ({"role": "admin"}, "role"),
        ({"password": "short"}, "password"),
        ({"password": "new@operator.example"}, "password"),
    ],
)
def test_what_cannot_be_used_is_refused(cast: Cast, operator: Actor, change: dict[str, str], field: str) -> None:
    given = {"email": "new@operator.example", "name": "New One", "role": "owner", "password": PASSWORD, **change}
    with pytest.raises(ValidationFailed) as refused:
        add_operator(**given, actor=operator)
    assert set(refused.value.fields) == {field}
    assert Account.objects.exclude(operator_role="").count() == 3


def test_a_whole_log_is_verified(cast: Cast, operator: Actor) -> None:
    add_operator(email="new@operator.example", name="New", role="owner", password=None, actor=operator)
    output = StringIO()
    call_command("verify_audit", stdout=output)
    assert output.getvalue() == "1 chains are whole.\n"


def test_a_rewritten_log_is_found(cast: Cast, operator: Actor) -> None:
    add_operator(email="new@operator.example", name="New", role="owner", password=None, actor=operator)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE tenants_auditevent DISABLE TRIGGER tenants_auditevent_append_only")
        cursor.execute("UPDATE tenants_auditevent SET actor_label = 'somebody else'")
        cursor.execute("ALTER TABLE tenants_auditevent ENABLE TRIGGER tenants_auditevent_append_only")
    errors = StringIO()
    with pytest.raises(CommandError, match="1 of 1 chains are broken"):
        call_command("verify_audit", stderr=errors)
    assert "fleet is broken at event 1" in errors.getvalue()


def test_a_new_operator_gets_a_link_to_set_a_password(cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    client = Client()
    client.force_login(cast.operator)
    form = {"name": "New One", "email": "new@operator.example", "role": "auditor"}
    assert client.post("/fleet/team/new/", form).headers["Location"] == "/fleet/team/"
    account = Account.objects.get(email="new@operator.example")
    assert not account.has_usable_password()
    (mail,) = mailoutbox
    assert mail.to == ["new@operator.example"]
    link = re.search(r"http\S+/accounts/password/reset/key/\S+", str(mail.body))
    assert link is not None
    visitor = Client()
    page = visitor.get(urlsplit(link[0]).path, follow=True)
    visitor.post(page.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_an_address_is_added_once(cast: Cast, mailoutbox: list[EmailMessage]) -> None:
    client = Client()
    client.force_login(cast.operator)
    form = {"name": "Again", "email": "Owner@operator.example", "role": "owner"}
    refused = client.post("/fleet/team/new/", form)
    assert refused.status_code == 422
    assert "has an account" in refused.content.decode()
    assert mailoutbox == []
