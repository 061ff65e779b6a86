"""Groups: made, filled, shown in tokens, and nobody else's."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from identity.models import DirectoryUser, Family, Group, GroupMember, ResourceState, SyncedResource
from identity.services import groups
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import AuditEvent, SyncKind
from tests.factories import DirectoryUserFactory, TenantCast


@pytest.fixture
def staff(acme: TenantCast, owner: Actor) -> Group:
    """A group of acme."""
    return groups.create_group(acme.tenant, name="staff", description="Everybody", actor=owner)


@pytest.fixture
def client(acme: TenantCast) -> Client:
    """The browser of acme's owner."""
    client = Client()
    client.force_login(acme.account_of(acme.owner))
    return client


@pytest.mark.parametrize("name", ["", "two words", "-begins", "x" * 65, "naïve", "a/b"])
def test_a_name_that_tokens_could_not_carry_is_refused(acme: TenantCast, owner: Actor, name: str) -> None:
    """With the field it was typed into."""
    with pytest.raises(ValidationFailed) as refused:
        groups.create_group(acme.tenant, name=name, description="", actor=owner)
    assert list(refused.value.fields) == ["name"]


def test_a_name_is_once_in_a_tenant(acme: TenantCast, globex: TenantCast, owner: Actor, staff: Group) -> None:
    """Another tenant's groups are nobody's business."""
    with pytest.raises(ValidationFailed):
        groups.create_group(acme.tenant, name="staff", description="", actor=owner)
    groups.create_group(globex.tenant, name="staff", description="", actor=owner)


def test_members_come_and_go(acme: TenantCast, owner: Actor, staff: Group) -> None:
    """Each once, with what was done in the log."""
    people = [acme.owner.pk, acme.admin.pk]
    assert groups.add_members(acme.tenant, staff.pk, people, actor=owner) == 2
    assert groups.add_members(acme.tenant, staff.pk, people, actor=owner) == 0
    assert groups.remove_members(acme.tenant, staff.pk, [acme.admin.pk], actor=owner) == 1
    assert list(GroupMember.objects.values_list("user", flat=True)) == [acme.owner.pk]
    actions = AuditEvent.objects.filter(tenant=acme.tenant).values_list("action", flat=True)[:2]
    assert list(actions) == [Action.GROUP_MEMBERS_REMOVED, Action.GROUP_MEMBERS_ADDED]


def test_nobody_elses_user_comes_in(acme: TenantCast, globex: TenantCast, owner: Actor, staff: Group) -> None:
    """And nobody else's group can be filled; nothing is half done."""
    with pytest.raises(NotFound):
        groups.add_members(acme.tenant, staff.pk, [acme.owner.pk, globex.owner.pk], actor=owner)
    with pytest.raises(NotFound):
        groups.add_members(globex.tenant, staff.pk, [globex.owner.pk], actor=owner)
    assert not GroupMember.objects.exists()


def test_a_user_is_in_as_many_groups_as_cognito_allows(acme: TenantCast, owner: Actor) -> None:
    """A hundred; the next is refused with the reason."""
    made = Group.objects.bulk_create([Group(tenant=acme.tenant, name=f"g{number}") for number in range(101)])
    rows = [GroupMember(tenant=acme.tenant, group=group, user=acme.outsider) for group in made[:100]]
    GroupMember.objects.bulk_create(rows)
    with pytest.raises(Conflict, match="100 groups"):
        groups.add_members(acme.tenant, made[100].pk, [acme.outsider.pk], actor=owner)


def test_the_pages_from_nothing_to_a_filled_group_and_back(client: Client, acme: TenantCast) -> None:
    """As an admin clicks."""
    slug = acme.tenant.slug
    assert "No groups yet" in client.get(f"/t/{slug}/groups/").content.decode()
    answer = client.post(f"/t/{slug}/groups/new/", {"name": "finance", "description": ""})
    group = Group.objects.get(name="finance")
    assert answer.headers["Location"] == reverse("tenant:group", args=[slug, group.pk])
    wrong = client.post(f"/t/{slug}/groups/{group.pk}/add/", {"emails": f"{acme.admin.email}\nnobody@else.example"})
    assert wrong.status_code == 422
    assert "nobody@else.example" in wrong.content.decode()
    assert not GroupMember.objects.exists()
    client.post(f"/t/{slug}/groups/{group.pk}/add/", {"emails": acme.admin.email.upper()})
    assert acme.admin.email in client.get(f"/t/{slug}/groups/{group.pk}/").content.decode()
    listed = client.get(f"/t/{slug}/groups/?q=fin").content.decode()
    assert "finance" in listed
    exported = b"".join(client.get(f"/t/{slug}/groups/export.csv").streaming_content).decode()  # type: ignore[attr-defined]  # It streams.
    assert "finance,,1," in exported
    client.post(f"/t/{slug}/groups/{group.pk}/remove/{acme.admin.pk}/")
    assert not GroupMember.objects.exists()
    assert client.post(f"/t/{slug}/groups/{group.pk}/delete/", {"confirm_name": "other"}).status_code == 422
    client.post(f"/t/{slug}/groups/{group.pk}/delete/", {"confirm_name": "finance"})
    assert not Group.objects.exists()


def test_members_are_searched_and_exported(client: Client, acme: TenantCast, owner: Actor, staff: Group) -> None:
    """By name and address, in the page and in what the filters get from htmx; the export follows the search."""
    ada, bob = (
        DirectoryUserFactory.create(tenant=acme.tenant, name=name, email=f"{name.lower()}@acme.example")
        for name in ("Adalovelace", "Bobdylan")
    )
    groups.add_members(acme.tenant, staff.pk, [ada.pk, bob.pk], actor=owner)
    url = f"/t/{acme.tenant.slug}/groups/{staff.pk}/"
    for headers in ({}, {"HX-Request": "true"}):
        page = client.get(url, {"q": "LOVE"}, headers=headers).content.decode()
        assert (ada.email in page, bob.email in page) == (True, False)
        assert f"{url}members.csv?q=LOVE" in page
    assert "No member matches" in client.get(url, {"q": "nobody"}).content.decode()
    lines = b"".join(client.get(f"{url}members.csv", {"q": "bobd"})).decode().splitlines()
    assert [line.partition(",")[0] for line in lines[1:]] == [bob.email]
    # Where adding failed, the page has another address; its search still leads to the group's own.
    wrong = client.post(f"{url}add/", {"emails": "nobody@else.example"}).content.decode()
    assert f'action="{url}"' in wrong


def test_a_list_costs_the_same_however_long_it_is(
    client: Client, acme: TenantCast, owner: Actor, staff: Group, django_assert_max_num_queries: object
) -> None:
    """Also the page of a group with many members."""
    assert callable(django_assert_max_num_queries)
    people = DirectoryUserFactory.create_batch(30, tenant=acme.tenant)
    groups.add_members(acme.tenant, staff.pk, [user.pk for user in people], actor=owner)
    for number in range(20):
        groups.create_group(acme.tenant, name=f"group-{number}", description="", actor=owner)
    page = f"/t/{acme.tenant.slug}/groups/{staff.pk}/"
    for url in (f"/t/{acme.tenant.slug}/groups/", page, f"{page}?q=example"):
        with django_assert_max_num_queries(20):
            assert client.get(url).status_code == 200


def test_a_group_says_who_is_missing_and_what_to_do(
    client: Client, acme: TenantCast, owner: Actor, staff: Group
) -> None:
    """Beside the member, above the list, and with the reason why the group does not get on in Cognito."""
    groups.add_members(acme.tenant, staff.pk, [acme.owner.pk, acme.admin.pk], actor=owner)
    page = client.get(f"/t/{acme.tenant.slug}/groups/{staff.pk}/").content.decode()
    assert "Missing in Cognito" not in page
    DirectoryUser.objects.filter(pk=acme.admin.pk).update(missing_since=timezone.now())
    SyncedResource.objects.create(
        scope=SyncKind.TENANT,
        key=acme.tenant.pk,
        family=Family.GROUP_MEMBERS,
        name="staff",
        state=ResourceState.BLOCKED,
        detail="Cognito does not have one of them.",
        remedy="Invite them again.",
    )
    page = client.get(f"/t/{acme.tenant.slug}/groups/{staff.pk}/").content.decode()
    assert page.count("Missing in Cognito") == 1
    assert "Send a new invitation, with which they come in again." in page
    assert f"/t/{acme.tenant.slug}/users/?cognito=missing" in page
    assert "Cognito does not have one of them. Invite them again." in page
