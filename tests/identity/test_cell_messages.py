"""The page that names a cell's function for Cognito's messages, and what it says on the pages of its pools."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from identity.services.cell_messages import set_message_function
from identity.services.pool_settings import NotConfirmed
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import NotFound, ValidationFailed
from tenants.models import AuditEvent, Cell, OutboxEntry, PoolSettings, SyncKind, Tenant
from tests.factories import Cast, actor_of
from tests.support.pool_settings import FUNCTION, OTHER_FUNCTION


@pytest.fixture
def client(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


@pytest.fixture
def cell(cast: Cast) -> Cell:
    """The one of acme's pool and of the pool that globex shares."""
    return cast.acme.tenant.pool.cell


def address(cell: Cell, name: str = "cell-messages") -> str:
    return reverse(f"fleet:{name}", args=[cell.pk])


def text_of(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return plain(answer.content)


def plain(content: bytes) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", content.decode())))


def save(client: Client, cell: Cell, arn: str, **more: str) -> tuple[int, str]:
    answer = client.post(address(cell, "cell-messages-save"), {"message_function_arn": arn, **more})
    return answer.status_code, answer.content.decode()


def box_in(page: str) -> str:
    found = re.search(r'name="confirm" value="(\w+)"', page)
    assert found is not None, page
    return found[1]


def pool_settings_text(client: Client, tenant: Tenant) -> str:
    return text_of(client, reverse("fleet:pool-settings", args=[tenant.pool_id]))


def test_it_is_asked_about_then_saved_audited_and_owed(client: Client, cell: Cell, cast: Cast) -> None:
    status, page = save(client, cell, FUNCTION)
    assert status == 422
    asked = plain(page.encode())
    assert "Nothing is saved yet" in asked
    assert f"{cell.pools.count()} of {cell.pools.count()} now, and each that is opened later" in asked
    assert "nobody gets a code" in asked
    cell.refresh_from_db()
    assert cell.message_function_arn == ""
    # Another change than the one that was read about is asked about again.
    PoolSettings.objects.create(pool=cast.acme.tenant.pool, triggers={"CustomMessage": OTHER_FUNCTION})
    status, page = save(client, cell, FUNCTION, confirm=box_in(page))
    assert status == 422
    assert f"{cell.pools.count() - 1} of {cell.pools.count()} now" in plain(page.encode())
    status, _ = save(client, cell, f"  {FUNCTION} ", confirm=box_in(page))
    assert status == 302
    cell.refresh_from_db()
    assert cell.message_function_arn == FUNCTION
    event = AuditEvent.objects.get(action=Action.CELL_MESSAGE_FUNCTION_SET)
    assert event.tenant is None
    assert (event.before, event.after) == ({"message_function_arn": ""}, {"message_function_arn": FUNCTION})
    owed = {entry.key for entry in OutboxEntry.objects.filter(kind=SyncKind.POOL) if entry.is_owed}
    assert set(cell.pools.values_list("pk", flat=True)) <= owed
    assert f'value="{FUNCTION}"' in client.get(address(cell)).content.decode()


def test_saving_what_is_there_changes_nothing(client: Client, cell: Cell) -> None:
    assert save(client, cell, "")[0] == 302
    assert not AuditEvent.objects.filter(action=Action.CELL_MESSAGE_FUNCTION_SET).exists()


def test_taking_it_out_says_what_is_lost(client: Client, cell: Cell, cast: Cast) -> None:
    set_message_function(cell.pk, FUNCTION, confirmed=True, actor=actor_of(cast.operator))
    _, page = save(client, cell, "")
    assert "in its own words again" in plain(page.encode())
    assert save(client, cell, "", confirm=box_in(page))[0] == 302
    cell.refresh_from_db()
    assert cell.message_function_arn == ""


def test_what_cannot_be_is_told_beside_the_field(client: Client, cell: Cell) -> None:
    status, page = save(client, cell, "arn:aws:lambda:ap-southeast-2:123456789012:function:words")
    assert status == 422
    assert 'id="id_message_function_arn_error"' in page
    assert f"the cell's Region, {cell.region}." in plain(page.encode())
    assert "Nothing is saved yet" not in page
    cell.refresh_from_db()
    assert cell.message_function_arn == ""


def test_the_warning_is_beside_the_field_before_anything_is_entered(client: Client, cell: Cell) -> None:
    text = text_of(client, address(cell))
    assert "A function that Cognito may not call" in text
    assert "fails what people are doing, in every one of these pools" in text


def test_who_may_only_look_gets_no_button_and_no_way_past_it(cast: Cast, cell: Cell) -> None:
    client = Client()
    client.force_login(cast.support)
    page = client.get(address(cell)).content.decode()
    assert '<fieldset class="stack" disabled>' in page
    assert "Your role may look at this" in page
    assert client.post(address(cell, "cell-messages-save"), {"message_function_arn": FUNCTION}).status_code == 403


def test_the_pool_s_page_says_whose_function_it_has(client: Client, cell: Cell, cast: Cast) -> None:
    tenant = cast.acme.tenant
    detail = reverse("fleet:pool", args=[tenant.pool_id])
    assert "CustomMessage: the pool has none." in pool_settings_text(client, tenant)
    assert "Cognito's messages written by" not in text_of(client, detail)
    set_message_function(cell.pk, FUNCTION, confirmed=True, actor=actor_of(cast.operator))
    assert f"so the pool has that of its cell, {cell.name} : {FUNCTION}" in pool_settings_text(client, tenant)
    page = client.get(reverse("fleet:pool-settings", args=[tenant.pool_id])).content.decode()
    assert f'<a href="{address(cell)}">{cell.name}</a>' in page
    # It is not the pool's own: saving the form leaves it with the cell.
    assert f'value="{FUNCTION}"' not in page
    assert "Cognito's messages written by the cell's function" in text_of(client, detail)
    PoolSettings.objects.create(pool=tenant.pool, triggers={"CustomMessage": OTHER_FUNCTION})
    assert f"It goes before that of its cell, {cell.name} ." in pool_settings_text(client, tenant)
    assert "Cognito's messages written by the pool's own function" in text_of(client, detail)


def test_the_cell_s_pages_lead_there(client: Client, cell: Cell, cast: Cast) -> None:
    set_message_function(cell.pk, FUNCTION, confirmed=True, actor=actor_of(cast.operator))
    for name in ("cell", "cell-users"):
        assert f'href="{address(cell)}"' in client.get(address(cell, name)).content.decode()
    assert FUNCTION in text_of(client, address(cell, "cell-users"))


def test_a_tenant_s_admin_is_not_told_the_account(cell: Cell, cast: Cast) -> None:
    set_message_function(cell.pk, FUNCTION, confirmed=True, actor=actor_of(cast.operator))
    member = Client()
    member.force_login(cast.acme.account_of(cast.acme.owner))
    overview, sync = (text_of(member, reverse(f"tenant:{name}", args=["acme"])) for name in ("overview", "sync"))
    assert "Cognito's messages written by the cell's function" in sync
    assert "123456789012" not in overview + sync


def test_the_service_asks_too(cell: Cell, operator: Actor) -> None:
    with pytest.raises(NotConfirmed):
        set_message_function(cell.pk, FUNCTION, confirmed=False, actor=operator)
    with pytest.raises(ValidationFailed) as refused:
        set_message_function(cell.pk, "words", confirmed=True, actor=operator)
    assert set(refused.value.fields) == {"message_function_arn"}
    with pytest.raises(NotFound):
        set_message_function(Tenant().pk, FUNCTION, confirmed=True, actor=operator)
    cell.refresh_from_db()
    assert cell.message_function_arn == ""
