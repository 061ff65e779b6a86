"""Events from AWS: who may send them, and what they do."""

import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from identity.cells import pool_ref
from identity.models import DirectoryUser, EventSecret, PullState, UnclaimedUser
from identity.pull.events import Hint, hint_of
from identity.services.events import LARGEST, rotate_event_secret
from tenants.actor import system
from tenants.models import OutboxEntry, SyncKind, Tenant
from tests.factories import CellFactory
from tests.support.by_hand import client_of
from tests.support.cognito import LocalCognito
from tests.support.pull import create_past_us, let_grace_pass, make_user, run_until_settled, sweep, take_turn

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

OPERATOR = system("test")
SUB = "0f0f0f0f-1111-4222-8333-444444444444"


def cloudtrail(pool_id: str, sub: str | None, name: str = "AdminDisableUser", **detail: Any) -> dict[str, Any]:
    """An event as EventBridge delivers it; what it does not need is left out, what it must not believe is in."""
    return {
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.cognito-idp",
        "detail": {
            "eventName": name,
            "requestParameters": {"userPoolId": pool_id, "username": "HIDDEN_DUE_TO_SECURITY_REASONS"},
            "additionalEventData": {} if sub is None else {"sub": sub, "email": "not@ours.example"},
            **detail,
        },
    }


def send(
    cell_id: uuid.UUID,
    document: object,
    secret: str,
    *,
    at: datetime | None = None,
    body: bytes | None = None,
    signature: str | None = None,
) -> "Response":
    """Post an event, signed at a time with a secret."""
    content = json.dumps(document) if body is None else body.decode()
    at = at or datetime.now(UTC)
    signed = signature or Webhook(secret).sign("msg_1", at, content)
    return Client().post(
        reverse("cognito-events", args=[cell_id]),
        data=content.encode(),
        content_type="application/json",
        headers={"webhook-id": "msg_1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signed},
    )


def owed(kind: SyncKind = SyncKind.PULL_USER) -> list[uuid.UUID]:
    """What is to be looked at."""
    return [entry.key for entry in OutboxEntry.objects.filter(kind=kind) if entry.is_owed]


@pytest.fixture
def secret(globex: Tenant) -> str:
    """The secret of globex's cell."""
    return rotate_event_secret(globex.pool.cell_id, actor=OPERATOR)


def deliver(tenant: Tenant, document: object, secret: str) -> int:
    """Send an event to the address of the tenant's cell; returns the status of the answer."""
    return send(tenant.pool.cell_id, document, secret).status_code


def test_an_event_makes_one_lookup_and_its_values_are_not_believed(
    globex: Tenant, secret: str, cognito: LocalCognito
) -> None:
    user = make_user(globex)
    sweep(globex.pool)
    api = client_of(pool_ref(globex.pool))
    api.admin_reset_user_password(UserPoolId=globex.pool.cognito_id, Username=user.username)
    assert deliver(globex, cloudtrail(globex.pool.cognito_id, user.cognito_sub), secret) == 202
    assert owed() == [user.pk]
    cognito.forget_calls()
    run_until_settled(SyncKind.PULL_USER, user.pk)
    assert cognito.operations() == ["ListUsers"]
    before = user.email
    user.refresh_from_db()
    assert (user.cognito_status, user.email) == ("RESET_REQUIRED", before)


def test_a_notice_of_a_trigger_and_of_somebody_new(acme: Tenant) -> None:
    secret = rotate_event_secret(acme.pool.cell_id, actor=OPERATOR)
    sub = create_past_us(acme.pool, "bob", email="bob@acme.example")
    assert deliver(acme, {"userPoolId": acme.pool.cognito_id, "sub": sub}, secret) == 202
    (key,) = owed()
    assert take_turn(SyncKind.PULL_USER, key).last_error_code == "waiting"
    assert not DirectoryUser.objects.filter(tenant=acme).exists()
    let_grace_pass()
    run_until_settled(SyncKind.PULL_USER, key)
    assert DirectoryUser.objects.get(tenant=acme).username == "bob"
    assert not UnclaimedUser.objects.exists()


def test_somebody_deleted_is_missing_once_cognito_says_so(globex: Tenant, secret: str) -> None:
    user, neighbour = make_user(globex), make_user(globex)
    sweep(globex.pool)
    api = client_of(pool_ref(globex.pool))
    api.admin_delete_user(UserPoolId=globex.pool.cognito_id, Username=user.username)
    for person in (user, neighbour):
        # The second one is a lie.
        deliver(globex, cloudtrail(globex.pool.cognito_id, person.cognito_sub, "AdminDeleteUser"), secret)
        run_until_settled(SyncKind.PULL_USER, person.pk)
        person.refresh_from_db()
    assert (user.missing_since is not None, neighbour.missing_since) == (True, None)


def test_duplicates_and_disorder_come_to_the_same(globex: Tenant, secret: str, cognito: LocalCognito) -> None:
    user = make_user(globex)
    sweep(globex.pool)
    api = client_of(pool_ref(globex.pool))
    api.admin_disable_user(UserPoolId=globex.pool.cognito_id, Username=user.username)
    api.admin_enable_user(UserPoolId=globex.pool.cognito_id, Username=user.username)
    for name in ("AdminEnableUser", "AdminDisableUser", "AdminEnableUser", "AdminDisableUser"):
        assert deliver(globex, cloudtrail(globex.pool.cognito_id, user.cognito_sub, name), secret) == 202
    assert owed() == [user.pk]
    cognito.forget_calls()
    run_until_settled(SyncKind.PULL_USER, user.pk)
    assert cognito.operations() == ["ListUsers"]


def test_what_is_not_signed_with_this_cells_secret_is_refused_alike(globex: Tenant, secret: str) -> None:
    user = make_user(globex)
    document = cloudtrail(globex.pool.cognito_id, user.cognito_sub)
    other = CellFactory.create()
    others_secret = rotate_event_secret(other.pk, actor=OPERATOR)
    without = CellFactory.create()
    now, cell = datetime.now(UTC), globex.pool.cell_id
    of_another_body = Webhook(secret).sign("msg_1", now, "{}")
    refused = {
        "another cell's secret": send(cell, document, others_secret),
        "our secret at another cell": send(other.pk, document, secret),
        "a cell without a secret": send(without.pk, document, secret),
        "no such cell": send(uuid.uuid4(), document, secret),
        "too old": send(cell, document, secret, at=now - timedelta(minutes=6)),
        "from the future": send(cell, document, secret, at=now + timedelta(minutes=6)),
        "another body": send(cell, document, secret, at=now, signature=of_another_body),
        "no signature": send(cell, document, secret, signature="v1,"),
        "no base64": send(cell, document, secret, signature="v1,?"),
        "no version": send(cell, document, secret, signature="nonsense"),
    }
    assert {what: answer.status_code for what, answer in refused.items()} == dict.fromkeys(refused, 401)
    assert len({answer.content for answer in refused.values()}) == 1
    unsigned = Client().post(reverse("cognito-events", args=[cell]), json.dumps(document), content_type="text/plain")
    assert unsigned.status_code == 401
    assert owed() == []
    assert EventSecret.objects.get(cell=cell).last_event_at is None


def test_a_replay_owes_the_same_look_once_and_is_too_old_soon(globex: Tenant, secret: str) -> None:
    user = make_user(globex)
    sweep(globex.pool)
    document, at = cloudtrail(globex.pool.cognito_id, user.cognito_sub), datetime.now(UTC) - timedelta(minutes=4)
    assert [send(globex.pool.cell_id, document, secret, at=at).status_code for _ in range(2)] == [202, 202]
    assert owed() == [user.pk]
    late = at - timedelta(minutes=2)
    assert send(globex.pool.cell_id, document, secret, at=late).status_code == 401


def test_whom_an_event_names_is_not_told(globex: Tenant, initech: Tenant, secret: str) -> None:
    """A pool of another cell, a pool or a user that there is not: 202 each, and nothing is looked at."""
    user = make_user(globex)
    sweep(globex.pool)
    elsewhere = CellFactory.create()
    theirs = rotate_event_secret(elsewhere.pk, actor=OPERATOR)
    known = cloudtrail(globex.pool.cognito_id, user.cognito_sub)
    answers = [
        send(elsewhere.pk, known, theirs),
        send(globex.pool.cell_id, cloudtrail("eu-west-1_none", SUB), secret),
        send(globex.pool.cell_id, {"anything": ["else"]}, secret),
        send(globex.pool.cell_id, [1, 2], secret),
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b"")}
    assert owed() == []
    # Somebody unknown in a pool of ours is looked for, and forgotten when there is nobody.
    assert deliver(globex, cloudtrail(globex.pool.cognito_id, SUB), secret) == 202
    (key,) = owed()
    let_grace_pass()
    run_until_settled(SyncKind.PULL_USER, key)
    assert not UnclaimedUser.objects.exists()


def test_an_event_that_does_not_say_whom_brings_the_sweep_forward(globex: Tenant, secret: str) -> None:
    sweep(globex.pool)
    PullState.objects.update(finished_at=timezone.now() - timedelta(hours=1))
    assert deliver(globex, cloudtrail(globex.pool.cognito_id, None, "AdminCreateUser"), secret) == 202
    assert PullState.objects.get(pool=globex.pool).next_at <= timezone.now()
    # And not again and again.
    PullState.objects.update(finished_at=timezone.now(), next_at=timezone.now() + timedelta(hours=6))
    deliver(globex, cloudtrail(globex.pool.cognito_id, None, "AdminCreateUser"), secret)
    assert PullState.objects.get(pool=globex.pool).next_at > timezone.now() + timedelta(minutes=14)


def test_a_new_secret_counts_at_once_and_the_old_one_for_a_day(globex: Tenant, secret: str) -> None:
    cell, document = globex.pool.cell_id, {"userPoolId": "eu-west-1_none", "sub": SUB}
    newer = rotate_event_secret(cell, actor=OPERATOR)
    assert [send(cell, document, each).status_code for each in (secret, newer)] == [202, 202]
    EventSecret.objects.update(rotated_at=timezone.now() - timedelta(hours=25))
    assert [send(cell, document, each).status_code for each in (secret, newer)] == [401, 202]
    rotate_event_secret(cell, actor=OPERATOR)
    newest = rotate_event_secret(cell, actor=OPERATOR)
    assert [send(cell, document, each).status_code for each in (newer, newest)] == [401, 202]
    stored = EventSecret.objects.get(cell=cell)
    assert newest.removeprefix("whsec_").encode() not in bytes(stored.secret_encrypted)


def test_what_is_too_large_or_no_json_or_no_post(globex: Tenant, secret: str) -> None:
    cell = globex.pool.cell_id
    assert send(cell, None, secret, body=b" " * (LARGEST + 1)).status_code == 413
    assert send(cell, None, secret, body=b"{").status_code == 422
    assert Client().get(reverse("cognito-events", args=[cell])).status_code == 405


def test_no_session_and_no_token_of_a_form_are_needed(globex: Tenant, secret: str) -> None:
    document = json.dumps({"userPoolId": "eu-west-1_none", "sub": SUB})
    now = datetime.now(UTC)
    answer = Client(enforce_csrf_checks=True).post(
        reverse("cognito-events", args=[globex.pool.cell_id]),
        document,
        content_type="application/json",
        headers={
            "webhook-id": "msg_1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign("msg_1", now, document),
        },
    )
    assert (answer.status_code, dict(answer.cookies)) == (202, {})


ROLE = "arn:aws:iam::123456789012:role/lifeguard"
OURS = {"sessionContext": {"sessionIssuer": {"arn": ROLE}}}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (cloudtrail("eu-west-1_abc", SUB), Hint("eu-west-1_abc", SUB)),
        ({"userPoolId": "eu-west-1_abc", "sub": SUB}, Hint("eu-west-1_abc", SUB)),
        (cloudtrail("eu-west-1_abc", None), Hint("eu-west-1_abc")),
        (cloudtrail("eu-west-1_abc", "not a sub"), Hint("eu-west-1_abc")),
        (cloudtrail("eu-west-1_abc", SUB, "InitiateAuth"), None),
        (cloudtrail("eu-west-1_abc", SUB, errorCode="UserNotFoundException"), None),
        (cloudtrail("eu-west-1_abc", SUB, userIdentity=OURS), None),
        (cloudtrail("eu-west-1_abc", SUB, userIdentity="nonsense"), Hint("eu-west-1_abc", SUB)),
        (cloudtrail("'; DROP TABLE", SUB), None),
        ({"userPoolId": "eu-west-1_abc"}, None),
        ({"userPoolId": 7, "sub": SUB}, None),
        ({"detail": None}, None),
        (None, None),
        ("text", None),
    ],
)
def test_where_an_event_points(document: object, expected: Hint | None) -> None:
    assert hint_of(document, own_role=ROLE) == expected
