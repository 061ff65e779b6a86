"""What a tenant sees of the applications that its users may sign in to."""

from django.test import Client

from identity.models import Group
from tenants.models import ApplicationRole, TenantApplication
from tests.factories import ApplicationFactory, TenantCast

NOBODY = "Nobody yet: your organization has none of its groups."


def test_a_neighbours_groups_are_not_shown(acme: TenantCast, globex: TenantCast) -> None:
    """A catalogue names the groups of all tenants; each sees its own."""
    application = ApplicationFactory.create(name="Harbor")
    TenantApplication.objects.create(tenant=acme.tenant, application=application)
    TenantApplication.objects.create(tenant=globex.tenant, application=application)
    Group.objects.create(tenant=acme.tenant, name="acme-editors")
    Group.objects.create(tenant=globex.tenant, name="globex-merger")
    for name, groups in (("editor", ["acme-editors", "globex-merger"]), ("closer", ["globex-merger"])):
        ApplicationRole.objects.create(application=application, name=name, group_names=groups)
    shown = _page(acme)
    assert "In the group: acme-editors." in shown
    assert "globex" not in shown
    assert shown.count(NOBODY) == 1
    neighbours = _page(globex)
    assert "acme-editors" not in neighbours
    assert neighbours.count("In the group: globex-merger.") == 2
    assert NOBODY not in neighbours


def _page(cast: TenantCast) -> str:
    client = Client()
    client.force_login(cast.account_of(cast.owner))
    return client.get(f"/t/{cast.tenant.slug}/applications/").content.decode()
