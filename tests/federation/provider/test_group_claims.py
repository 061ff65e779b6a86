"""Groups in tokens: for who asks for them."""

from federation.provider.mint import person_claims, subject_of
from identity.models import Group, GroupMember
from tenants.models import Tenant
from tests.factories import ApplicationFactory, DirectoryUserFactory
from tests.factories.federation import make_family


def test_groups_are_told_to_who_asks(acme: Tenant) -> None:
    """By the scope of that name; whoever is in none gets an empty list."""
    member, outsider = DirectoryUserFactory.create_batch(2, tenant=acme)
    for name in ("staff", "finance"):
        group = Group.objects.create(tenant=acme, name=name)
        GroupMember.objects.create(tenant=acme, group=group, user=member)
    Group.objects.create(tenant=acme, name="others")
    family = make_family(member, ApplicationFactory.create())
    assert person_claims(subject_of(family, "openid groups"))["groups"] == ["finance", "staff"]
    assert "groups" not in person_claims(subject_of(family, "openid email"))
    outside = make_family(outsider, ApplicationFactory.create())
    assert person_claims(subject_of(outside, "openid groups"))["groups"] == []
