"""An application in native mode, for tenants to have."""

from dataclasses import replace

from tenants.actor import system
from tenants.models import Application
from tenants.services.native import NativeOptions, set_native_mode
from tests.factories import ApplicationFactory

_OPTIONS = NativeOptions(
    public_client=False,
    standard_scopes=["openid", "email"],
    readable=["email"],
    writable=[],
    access_minutes=60,
    id_minutes=60,
    refresh_days=30,
    rotate_refresh=True,
    rotation_grace_seconds=10,
    api_scopes=[("read", "Read")],
)


def native_options(*, api_scopes: list[tuple[str, str]]) -> NativeOptions:
    """Return native mode with these scopes of the application's own API."""
    return replace(_OPTIONS, api_scopes=api_scopes)


def native_application() -> Application:
    """Register an application in native mode."""
    return set_native_mode(ApplicationFactory.create().pk, _OPTIONS, actor=system("test"))
