"""What pages say of users who changed in Cognito."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from identity.models import (
    BulkRow,
    DirectoryUser,
    EventSecret,
    PullState,
    Resolution,
    UnclaimedUser,
    UserConflict,
    UserStatus,
)
from tenants.models import OutboxEntry, PoolKind, SyncKind, UserPool
from tests.factories import Cast, DirectoryUserFactory, TenantCast, TenantFactory


@pytest.fixture
def owner(cast: Cast) -> Client:
    """A browser of acme's owner."""
    client = Client()
    client.force_login(TenantCast.account_of(cast.acme.owner))
    return client


@pytest.fixture
def operator(cast: Cast) -> Client:
    """A browser of an operator."""
    client = Client()
    client.force_login(cast.operator)
    return client


def page_of(client: Client, user: DirectoryUser) -> str:
    return client.get(reverse("tenant:user", args=["acme", user.pk])).content.decode()


def test_a_user_created_in_cognito_without_an_address(cast: Cast, owner: Client) -> None:
    user = DirectoryUserFactory.create(
        tenant=cast.acme.tenant, email="", name="", cognito_username="bob<b>", cognito_sub="sub", email_verified=False
    )
    listed = owner.get(reverse("tenant:users", args=["acme"])).content.decode()
    assert "bob&lt;b&gt;" in listed
    assert "bob<b>" not in listed
    assert "bob&lt;b&gt;" in owner.get(reverse("tenant:users", args=["acme"]), {"q": "BOB<"}).content.decode()
    for text in (listed, page_of(owner, user)):
        assert "Created in Cognito" in text
    # Without an address they could not use one.
    assert "temporary password" not in page_of(owner, user)
    answer = owner.post(reverse("tenant:user-disable", args=["acme", user.pk]), follow=True)
    assert "bob&lt;b&gt; is disabled" in answer.content.decode()
    delete = reverse("tenant:user-delete", args=["acme", user.pk])
    assert owner.post(delete, {"confirm_name": ""}).status_code == 422
    assert owner.post(delete, {"confirm_name": "bob<b>"}).status_code == 302


def test_a_conflict_is_on_the_page_in_words(cast: Cast, owner: Client) -> None:
    user = cast.acme.outsider
    DirectoryUser.objects.filter(pk=user.pk).update(
        cognito_status="RESET_REQUIRED", cognito_modified_at=datetime(2026, 11, 1, tzinfo=UTC)
    )
    for field, ours, theirs in (("enabled", "true", "false"), ("email", user.email, "x@evil.example")):
        UserConflict.objects.create(
            tenant=cast.acme.tenant, user=user, field=field, ours=ours, theirs=theirs, resolution=Resolution.RESTORED
        )
    text = page_of(owner, user)
    for words in ("Changed outside Lifeguard", "Disabled", "x@evil.example", "Ours stands", "reset the password"):
        assert words in text
    assert "Changed outside Lifeguard" not in page_of(owner, cast.acme.admin)


@pytest.mark.parametrize(
    ("values", "remedy"),
    [
        ({}, "Send a new invitation"),
        ({"status": UserStatus.DISABLED}, "enable them and send"),
        ({"cognito_status": "EXTERNAL_PROVIDER"}, "next sign-in through the identity provider"),
        ({"email": "", "cognito_username": "bob"}, "Delete the user here"),
    ],
)
def test_a_missing_user_says_what_to_do(cast: Cast, owner: Client, values: dict[str, str], remedy: str) -> None:
    user = DirectoryUserFactory.create(
        tenant=cast.acme.tenant, cognito_sub="sub", missing_since=timezone.now(), **values
    )
    text = page_of(owner, user)
    assert "Somebody deleted this user in Cognito" in text
    assert remedy in text


def test_the_list_finds_who_is_missing_and_who_was_created_there(cast: Cast, owner: Client) -> None:
    """Alone, with other filters, in the file, and for a change of all that match; nobody else's, nobody deleted."""
    acme, values = cast.acme.tenant, {"cognito_sub": "sub", "missing_since": timezone.now()}
    gone = DirectoryUserFactory.create(tenant=acme, email="gone@acme.example", **values)
    stranger = DirectoryUserFactory.create(tenant=acme, email="", cognito_username="bob", cognito_sub="other")
    DirectoryUserFactory.create(tenant=acme, status=UserStatus.DELETING, **values)
    DirectoryUserFactory.create(tenant=cast.globex.tenant, cognito_username="eve", **values)

    def found(**query: str) -> list[str]:
        rows = owner.get(reverse("tenant:user-export", args=[acme.slug]), query).streaming_content  # type: ignore[attr-defined]  # It streams.
        return [line.split(",")[0] for line in b"".join(rows).decode().splitlines()[1:]]

    assert found(cognito="missing") == [str(gone.pk)]
    assert found(cognito="created") == [str(stranger.pk)]
    assert found(cognito="missing", status="disabled") == []
    assert len(found(cognito="nonsense")) == len(found())
    for sort in ("email", "-created", "name", "-last_sign_in"):
        page = owner.get(reverse("tenant:users", args=[acme.slug]), {"cognito": "missing", "sort": sort})
        assert [row.user for row in page.context["rows"]] == [gone]
    owner.post(reverse("tenant:users-disable", args=[acme.slug]), {"all": "1", "query": "cognito=created"})
    assert list(BulkRow.objects.values_list("user_id", flat=True)) == [stranger.pk]


@pytest.fixture
def pool(cast: Cast) -> UserPool:
    """Globex's shared pool, as if Cognito had it."""
    pool = cast.globex.tenant.pool
    pool.cognito_id = "us-east-1_shared"
    pool.save()
    return pool


def test_an_operator_sees_how_pools_were_read_and_who_is_in_no_directory(
    operator: Client, cast: Cast, pool: UserPool
) -> None:
    url = reverse("fleet:cell-users", args=[cast.cell.pk])
    assert "Not yet" in operator.get(url).content.decode()
    now = timezone.now()
    PullState.objects.create(pool=pool, next_at=now, finished_at=now, finished_users=12_345, vanished=77)
    UnclaimedUser.objects.create(pool=pool, sub="s1", username="stray", reason="no_tenant", first_seen_at=now)
    UnclaimedUser.objects.create(pool=pool, sub="s2", first_seen_at=now)
    text = operator.get(url).content.decode()
    addresses = [reverse(name, args=[cast.cell.pk]) for name in ("cognito-events", "cognito-messages")]
    for words in ("12,345", "77 users of", "deleted on purpose", *addresses):
        assert words in text
    unclaimed = operator.get(reverse("fleet:pool-unclaimed", args=[pool.pk])).content.decode()
    assert "stray" in unclaimed
    assert "1 user" in unclaimed


def test_no_tenant_learns_who_else_is_in_its_pool(cast: Cast, pool: UserPool) -> None:
    UnclaimedUser.objects.create(
        pool=pool, sub="s1", username="stray", reason="no_tenant", first_seen_at=timezone.now()
    )
    PullState.objects.create(pool=pool, next_at=timezone.now(), finished_at=timezone.now(), finished_users=12_345)
    client = Client()
    client.force_login(TenantCast.account_of(cast.globex.owner))
    for name in ("tenant:users", "tenant:overview", "tenant:audit"):
        text = client.get(reverse(name, args=["globex"])).content.decode()
        assert "stray" not in text
        assert "12,345" not in text


def test_an_operator_reads_a_pool_now_and_confirms_who_is_gone(operator: Client, pool: UserPool) -> None:
    assert operator.post(reverse("fleet:pool-read", args=[pool.pk])).status_code == 302
    assert OutboxEntry.objects.get(kind=SyncKind.PULL, key=pool.pk).is_owed
    confirm = reverse("fleet:pool-vanished", args=[pool.pk])
    assert operator.post(confirm).status_code == 409
    PullState.objects.create(pool=pool, next_at=timezone.now(), vanished=20)
    assert "20 users who were in" in operator.get(confirm).content.decode()
    assert operator.post(confirm).status_code == 302
    assert PullState.objects.get(pool=pool).vanished_confirmed_at is not None


def test_the_secret_is_shown_once(operator: Client, cast: Cast) -> None:
    url = reverse("fleet:cell-event-secret", args=[cast.cell.pk])
    assert "whsec_" not in operator.get(url).content.decode()
    answer = operator.post(url)
    assert "whsec_" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store, private"
    assert EventSecret.objects.filter(cell=cast.cell).exists()
    assert "whsec_" not in operator.get(url).content.decode()
    assert "Rotate the secret" in operator.get(reverse("fleet:cell-users", args=[cast.cell.pk])).content.decode()


def test_the_page_of_a_cell_with_many_pools_costs_the_same_queries(
    operator: Client,
    cast: Cast,
    pool: UserPool,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    for number in range(30):
        another = UserPool.objects.create(cell=cast.cell, kind=PoolKind.DEDICATED, cognito_id=f"us-east-1_{number}")
        TenantFactory.create(pool=another)
        PullState.objects.create(pool=another, next_at=timezone.now())
    with django_assert_max_num_queries(20):
        operator.get(reverse("fleet:cell-users", args=[cast.cell.pk]))
