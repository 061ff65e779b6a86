"""Users in Cognito and in the directory, changed past Lifeguard, and what comes back."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from identity.cells import pool_ref
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.cognito.users import CognitoUser
from identity.models import DirectoryUser, PullState, UnclaimedUser
from identity.sync import engine
from tenants.models import OutboxEntry, SyncKind, Tenant, UserPool
from tenants.services import outbox
from tests.factories import DirectoryUserFactory
from tests.support.by_hand import client_of

PASSWORD = "Correct-horse-battery-9"


def make_user(tenant: Tenant, **values: Any) -> DirectoryUser:
    """An active user who is in Cognito as an accepted invitation leaves them, and whom no sweep has seen yet."""
    user = DirectoryUserFactory.create(tenant=tenant, **values)
    ref = pool_ref(tenant.pool)
    attributes = {"email": user.email, "email_verified": "true"}
    user.cognito_sub = users.create_user(ref, user.username, attributes, priority=Priority.BULK).subject
    users.set_password(ref, user.username, PASSWORD, permanent=True, priority=Priority.BULK)
    user.save(update_fields=["cognito_sub"])
    return user


def create_past_us(pool: UserPool, username: str, **attributes: str) -> str:
    """Create a user as somebody with the AWS console does; returns the `sub`."""
    answer = client_of(pool_ref(pool)).admin_create_user(
        UserPoolId=pool.cognito_id,
        Username=username,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
    )
    return next(item["Value"] for item in answer["User"]["Attributes"] if item["Name"] == "sub")


def live(user: DirectoryUser) -> CognitoUser:
    """The user in Cognito."""
    return users.get_user(pool_ref(user.tenant.pool), user.username, priority=Priority.BULK)


def ask_for_sweep(pool: UserPool) -> None:
    """Owe a sweep of the pool."""
    with transaction.atomic():
        outbox.request_sync(SyncKind.PULL, pool.pk)


def sweep(pool: UserPool) -> PullState:
    """Sweep a pool from beginning to end in this process."""
    ask_for_sweep(pool)
    run_until_settled(SyncKind.PULL, pool.pk)
    return PullState.objects.get(pool=pool)


def sweep_twice(pool: UserPool) -> PullState:
    """Sweep a pool, and again after the grace period: whoever is new has come in then."""
    sweep(pool)
    let_grace_pass()
    return sweep(pool)


def run_until_settled(kind: SyncKind, key: uuid.UUID) -> None:
    """Take all the turns that a key needs. A turn that fails, or has to wait, ends the test."""
    entry = take_turn(kind, key)
    while entry.is_owed:
        assert entry.next_attempt_at is not None
        assert entry.next_attempt_at <= timezone.now(), entry.last_error
        entry = take_turn(kind, key)


def take_turn(kind: SyncKind, key: uuid.UUID) -> OutboxEntry:
    """Take one turn, whatever comes of it, and return the outbox row."""
    engine.run(kind, key)
    return OutboxEntry.objects.get(kind=kind, key=key)


def let_grace_pass() -> None:
    """Let so much time go by that listings show what was written."""
    hour = timedelta(hours=1)
    UnclaimedUser.objects.update(first_seen_at=F("first_seen_at") - hour)
    OutboxEntry.objects.filter(kind=SyncKind.USER).update(updated_at=F("updated_at") - hour)
    OutboxEntry.objects.update(next_attempt_at=Now())
