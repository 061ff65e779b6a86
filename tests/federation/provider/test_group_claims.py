"""Groups in tokens: for who asks for them."""

from federation.provider.mint import person_claims, subject_of
from identity.models import Group, GroupMember
from tests.factories import ApplicationFactory, TenantCast
from tests.factories.federation import make_family


def test_groups_are_told_to_who_asks(acme: TenantCast) -> None:
    """By the scope of that name; whoever is in none gets an empty list."""
    for name in ("staff", "finance"):
        group = Group.objects.create(tenant=acme.tenant, name=name)
        GroupMember.objects.create(tenant=acme.tenant, group=group, user=acme.admin)
    Group.objects.create(tenant=acme.tenant, name="others")
    family = make_family(acme.admin, ApplicationFactory.create())
    assert person_claims(subject_of(family, "openid groups"))["groups"] == ["finance", "staff"]
    assert "groups" not in person_claims(subject_of(family, "openid email"))
    outside = make_family(acme.owner, ApplicationFactory.create())
    assert person_claims(subject_of(outside, "openid groups"))["groups"] == []
