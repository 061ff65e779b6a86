"""People whose address another tenant has, too."""

from tests.e2e.paths.backstage import tenants
from tests.factories import DirectoryUserFactory


def same_address(tenant: str, email: str) -> None:
    """Have somebody in the directory of a tenant whom another one knows by the same address."""
    DirectoryUserFactory.create(tenant=tenants.find(tenant), email=email)
