"""The address that the function asks: who may, whose words it gets, and that nobody learns of anybody else."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from standardwebhooks.webhooks import Webhook

from identity.models import DirectoryUser, UserStatus
from identity.services.events import LARGEST, rotate_event_secret
from tenants.actor import system
from tenants.models import Branding, Cell, Tenant, UserPool
from tests.factories import CellFactory, DirectoryUserFactory, TenantFactory, UserPoolFactory

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

pytestmark = pytest.mark.django_db
SUB = "0f0f0f0f-1111-4222-8333-444444444444"


@pytest.fixture
def pool() -> UserPool:
    """A shared pool."""
    return UserPoolFactory.create(kind="shared", cognito_id="eu-west-1_shared")


@pytest.fixture
def secret(pool: UserPool) -> str:
    return rotate_event_secret(pool.cell_id, actor=system("test"))


def tenant_in(pool: UserPool, name: str, accent: str) -> Tenant:
    """A tenant with a brand."""
    tenant = TenantFactory.create(slug=name.lower(), name=name, pool=pool)
    Branding.objects.filter(tenant=tenant).update(display_name=name, accent=accent)
    return tenant


def asked(pool: UserPool, user: DirectoryUser | str, source: str = "ForgotPassword", **more: str) -> dict[str, str]:
    """What the function sends about a user, or a username."""
    name = user if isinstance(user, str) else user.username
    return {
        "userPoolId": pool.cognito_id,
        "userName": name,
        "triggerSource": f"CustomMessage_{source}",
        **more,
    }


def ask(
    cell_id: uuid.UUID,
    document: object,
    secret: str,
    *,
    at: datetime | None = None,
    body: bytes | None = None,
    signature: str = "",
) -> "Response":
    """Ask, signed at a time with a secret."""
    content = json.dumps(document) if body is None else body.decode()
    at = at or datetime.now(UTC)
    return Client(enforce_csrf_checks=True).post(
        reverse("cognito-messages", args=[cell_id]),
        data=content.encode(),
        content_type="application/json",
        headers={
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": signature or Webhook(secret).sign("msg_1", at, content),
        },
    )


def test_each_person_of_a_shared_pool_gets_their_own_tenants_brand(pool: UserPool, secret: str) -> None:
    acme, globex = tenant_in(pool, "Acme", "#0b7285"), tenant_in(pool, "Globex", "#a61e4d")
    ann = DirectoryUserFactory.create(tenant=acme, email="ann@people.example", language="de")
    # The same address at the neighbour's, in another language.
    other = DirectoryUserFactory.create(tenant=globex, email="ann@people.example", language="ja")
    of_acme = ask(pool.cell_id, asked(pool, ann), secret).json()
    of_globex = ask(pool.cell_id, asked(pool, other), secret).json()
    assert of_acme["emailSubject"] == "Ihr Code für ein neues Passwort bei Acme"
    assert of_globex["emailSubject"] == "Globex の新しいパスワード用のコード"
    assert "#0b7285" in of_acme["emailMessage"]
    assert "#a61e4d" in of_globex["emailMessage"]
    for words, neighbour in ((of_acme, "globex"), (of_globex, "acme")):
        assert neighbour not in json.dumps(words).lower()


@pytest.mark.parametrize(
    ("source", "subject"),
    [
        ("ForgotPassword", "Your code for a new password at Acme"),
        ("Authentication", "Your code to sign in to Acme"),
        ("VerifyUserAttribute", "Confirm your e-mail address for Acme"),
        ("UpdateUserAttribute", "Confirm your e-mail address for Acme"),
        ("SignUp", "Confirm your e-mail address for Acme"),
        ("ResendCode", "Confirm your e-mail address for Acme"),
        ("AdminCreateUser", "Your account at Acme"),
    ],
)
def test_each_source_has_words(pool: UserPool, secret: str, source: str, subject: str) -> None:
    ann = DirectoryUserFactory.create(tenant=tenant_in(pool, "Acme", "#0b7285"))
    words = ask(pool.cell_id, asked(pool, ann, source), secret).json()
    assert set(words) == {"emailSubject", "emailMessage", "smsMessage"}
    assert words["emailSubject"] == subject


@pytest.mark.parametrize(
    ("language", "locale", "shown"),
    [
        ("fr", "de", "fr"),
        ("", "de", "de"),
        ("", "pt_BR", "pt"),
        ("", "DE-at", "de"),
        ("", "nl", "en"),
        ("", "", "en"),
    ],
)
def test_whose_language_it_is(pool: UserPool, secret: str, language: str, locale: str, shown: str) -> None:
    ann = DirectoryUserFactory.create(tenant=tenant_in(pool, "Acme", "#0b7285"), language=language)
    words = ask(pool.cell_id, asked(pool, ann, locale=locale), secret).json()
    assert f'lang="{shown}"' in words["emailMessage"]


def test_who_was_made_in_cognito_is_found_by_name_or_subject(pool: UserPool, secret: str) -> None:
    acme = tenant_in(pool, "Acme", "#0b7285")
    DirectoryUserFactory.create(tenant=acme, cognito_username="ann", cognito_sub=SUB, language="es")
    assert 'lang="es"' in ask(pool.cell_id, asked(pool, "ann"), secret).json()["emailMessage"]
    assert 'lang="es"' in ask(pool.cell_id, asked(pool, "ann-2", sub=SUB), secret).json()["emailMessage"]


def test_a_name_counts_before_a_subject(pool: UserPool, secret: str) -> None:
    acme = tenant_in(pool, "Acme", "#0b7285")
    DirectoryUserFactory.create(tenant=acme, cognito_sub=SUB, language="es")
    ann = DirectoryUserFactory.create(tenant=acme, language="de")
    assert 'lang="de"' in ask(pool.cell_id, asked(pool, ann, sub=SUB), secret).json()["emailMessage"]


def test_nobody_known_has_no_words(pool: UserPool, secret: str) -> None:
    """In another pool or cell, under another tenant's key, on the way out, unknown: one answer, which says nothing."""
    acme, globex = tenant_in(pool, "Acme", "#0b7285"), tenant_in(pool, "Globex", "#a61e4d")
    ann = DirectoryUserFactory.create(tenant=acme, cognito_sub=SUB)
    gone = DirectoryUserFactory.create(tenant=acme, status=UserStatus.DELETING)
    sibling = UserPoolFactory.create(cell=pool.cell, cognito_id="eu-west-1_sibling")
    elsewhere = UserPoolFactory.create(cell=CellFactory.create(), cognito_id=pool.cognito_id)
    theirs = rotate_event_secret(elsewhere.cell_id, actor=system("test"))
    answers = [
        ask(pool.cell_id, asked(sibling, ann, sub=SUB), secret),
        ask(elsewhere.cell_id, asked(elsewhere, ann, sub=SUB), theirs),
        ask(pool.cell_id, asked(pool, f"{globex.key}.{ann.pk}"), secret),
        ask(pool.cell_id, asked(pool, str(ann.pk)), secret),
        ask(pool.cell_id, asked(pool, gone), secret),
        ask(pool.cell_id, asked(pool, f"{acme.key}.{uuid.uuid4()}"), secret),
        ask(pool.cell_id, asked(pool, "nobody"), secret),
        ask(pool.cell_id, asked(pool, ann, "Something"), secret),
        ask(pool.cell_id, ["anything"], secret),
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(204, b"")}


def test_it_costs_two_queries(pool: UserPool, secret: str, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ann = DirectoryUserFactory.create(tenant=tenant_in(pool, "Acme", "#0b7285"), cognito_sub=SUB)
    with django_assert_num_queries(2):
        assert ask(pool.cell_id, asked(pool, ann, sub=SUB), secret).status_code == 200


def test_what_is_not_signed_with_this_cells_secret_is_refused_alike(pool: UserPool, secret: str) -> None:
    ann = DirectoryUserFactory.create(tenant=tenant_in(pool, "Acme", "#0b7285"))
    document, cell, now = asked(pool, ann), pool.cell_id, datetime.now(UTC)
    other: Cell = CellFactory.create()
    others_secret = rotate_event_secret(other.pk, actor=system("test"))
    refused = {
        "another cell's secret": ask(cell, document, others_secret),
        "our secret at another cell": ask(other.pk, document, secret),
        "a cell without a secret": ask(CellFactory.create().pk, document, secret),
        "no such cell": ask(uuid.uuid4(), document, secret),
        "too old": ask(cell, document, secret, at=now - timedelta(minutes=6)),
        "from the future": ask(cell, document, secret, at=now + timedelta(minutes=6)),
        "another body": ask(cell, document, secret, at=now, signature=Webhook(secret).sign("msg_1", now, "{}")),
        "no signature": ask(cell, document, secret, signature="v1,"),
        "nonsense": ask(cell, document, secret, signature="nonsense"),
    }
    assert {what: answer.status_code for what, answer in refused.items()} == dict.fromkeys(refused, 401)
    assert len({answer.content for answer in refused.values()}) == 1
    address = reverse("cognito-messages", args=[cell])
    assert Client().post(address, json.dumps(document), content_type="application/json").status_code == 401


def test_what_is_too_large_or_no_json_or_no_post(pool: UserPool, secret: str) -> None:
    assert ask(pool.cell_id, None, secret, body=b" " * (LARGEST + 1)).status_code == 413
    assert ask(pool.cell_id, None, secret, body=b"{").status_code == 422
    assert Client().get(reverse("cognito-messages", args=[pool.cell_id])).status_code == 405
