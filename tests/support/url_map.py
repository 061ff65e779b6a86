"""The URL maps of both hosts as lists, for the tests that walk them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver

from config.urls import dashboard, signin
from tenants.permissions import Permission
from tenants.web.access import PERMISSION, TENANT_VIEW


@dataclass(frozen=True)
class Route:
    """One address: its name with namespace, its parameters, and the guard that its view carries."""

    name: str
    parameters: tuple[str, ...]
    view: Callable[..., Any]

    @property
    def permission(self) -> Permission | None:
        """The permission that the view names."""
        permission: Permission | None = getattr(self.view, PERMISSION, None)
        return permission

    @property
    def is_tenant_view(self) -> bool:
        """Say whether the view gets its tenant from the guard."""
        return bool(getattr(self.view, TENANT_VIEW, False))

    def __str__(self) -> str:
        return self.name


def routes() -> list[Route]:
    """Return every address of the dashboard, in order."""
    return list(_walk(dashboard.urlpatterns, (), ()))


def signin_routes() -> list[Route]:
    """Return every address of the sign-in host, in order."""
    return list(_walk(signin.urlpatterns, (), ()))


def routes_of(namespace: str) -> list[Route]:
    """Return the addresses of one namespace."""
    return [route for route in routes() if route.name.startswith(f"{namespace}:")]


def _walk(
    patterns: list[URLPattern | URLResolver], namespaces: tuple[str, ...], parameters: tuple[str, ...]
) -> Iterator[Route]:
    for pattern in patterns:
        found = (*parameters, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern.url_patterns, inner, found)
        else:
            yield Route(":".join([*namespaces, pattern.name or str(pattern.pattern)]), found, pattern.callback)
