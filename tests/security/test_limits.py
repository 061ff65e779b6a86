"""Input that is too deep, too large or of another type than it seems, and pages that send mail to whom one likes."""

import base64
import json
import uuid
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from federation.dashboard_login.application import ensure_dashboard_application
from federation.services.signing_keys import ensure_signing_keys
from tests.factories import Cast, TenantCast
from tests.identity.api.tokens import token_of

pytestmark = pytest.mark.django_db


def cursor(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


CURSORS = [
    cursor("[" * 2000),
    cursor(["n", 5, 5]),
    cursor(["n", 10**400, 10**400]),
    cursor(["n", "x", 10**30]),
    cursor(["n", 10**30]),
    cursor(["n", "\ud800", "\ud800"]),
    cursor(["p", "x", "x"]),
    cursor(["n", "0001-01-01T00:00:00+14:00", str(uuid.uuid4())]),
    cursor(["n", "9999-12-31T23:59:59+14:00", str(uuid.uuid4())]),
    cursor(["n", -1]),
]


@pytest.mark.parametrize("number", range(len(CURSORS)))
def test_a_made_up_cursor_is_refused(cast: Cast, number: int) -> None:
    client = Client()
    client.force_login(TenantCast.account_of(cast.acme.owner))
    for page in ("users/", "users/?sort=-last_sign_in", "users/?sort=created", "audit/"):
        separator = "&" if "?" in page else "?"
        answer = client.get(f"/t/acme/{page}{separator}cursor={CURSORS[number]}")
        assert answer.status_code in {200, 422}, page
    client.force_login(cast.operator)
    for page in ("tenants/", "audit/", "tenants/?sort=-created"):
        separator = "&" if "?" in page else "?"
        answer = client.get(f"/fleet/{page}{separator}cursor={CURSORS[number]}")
        assert answer.status_code in {200, 422}, page


def test_a_body_that_is_too_large_is_a_bad_request(cast: Cast) -> None:
    ensure_signing_keys()
    ensure_dashboard_application()
    headers = {"Authorization": f"Bearer {token_of(cast.acme.owner)}"}
    body = json.dumps({"email": "a@acme.example", "name": "", "role": "", "more": "x" * 3_000_000})
    answer: Any = Client().post("/api/v1/users", body, content_type="application/json", headers=headers)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "body", ["[" * 100_000, '{"email":' * 50_000, '{"email": "\\ud800@x.example"}', "NaN", '"x"', "[]"]
)
def test_a_body_that_is_no_use_is_a_bad_request(cast: Cast, body: str) -> None:
    ensure_signing_keys()
    ensure_dashboard_application()
    headers = {"Authorization": f"Bearer {token_of(cast.acme.owner)}"}
    answer: Any = Client().post("/api/v1/users", body, content_type="application/json", headers=headers)
    assert answer.status_code in {400, 422}


def test_asking_for_new_passwords_floods_nobody(cast: Cast) -> None:
    """allauth mails unknown addresses too, so that asking takes as long for both; but not as often as one likes."""
    victim = f"{uuid.uuid4()}@victim.example"
    answers = [
        Client(REMOTE_ADDR=f"192.0.2.{number}").post("/accounts/password/reset/", {"email": victim}).status_code
        for number in range(9)
    ]
    assert answers == [302] * 5 + [429] * 4
    assert len(mail.outbox) == 5


def test_asking_for_a_new_password_tells_nothing(cast: Cast) -> None:
    """For an operator, for a member of a tenant, and for nobody."""
    seen = set()
    for number, email in enumerate([cast.operator.email, cast.acme.owner.email, f"{uuid.uuid4()}@nowhere.example"]):
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        answer = client.post("/accounts/password/reset/", {"email": email})
        seen.add((answer.status_code, answer["Location"], tuple(sorted(answer.cookies))))
    assert len(seen) == 1
    links = [message for message in mail.outbox if "/password/reset/key/" in message.body]
    assert [message.to for message in links] == [[cast.operator.email]]
