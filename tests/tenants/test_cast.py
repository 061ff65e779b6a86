"""The cast that all tests share is what it says it is."""

from tenants.permissions import Permission
from tests.factories import Cast, actor_of


def test_everybody_is_who_they_should_be(cast: Cast) -> None:
    assert actor_of(cast.operator).allows(Permission.FLEET_ONBOARD)
    assert not actor_of(cast.operator_auditor).allows(Permission.FLEET_ONBOARD)
    assert actor_of(cast.acme.owner).tenant_id == cast.acme.tenant.pk
    assert not actor_of(cast.acme.outsider).permissions
    account = cast.acme.account_of(cast.acme.owner)
    assert account.subject == cast.acme.owner.pk
    assert not account.is_operator
    assert cast.operator.check_password("correct horse battery staple")
