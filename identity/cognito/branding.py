"""How Cognito's own sign-in pages look for an app client: managed login styles, and classic style sheets."""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from identity.cognito import errors
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.gate import call


@dataclass(frozen=True, slots=True)
class Asset:
    """A picture of a style: category, color mode and extension in Cognito's words."""

    category: str
    color_mode: str
    extension: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Style:
    """A managed login style of an app client."""

    style_id: str
    settings: Mapping[str, Any]
    assets: Sequence[Asset]


@dataclass(frozen=True, slots=True)
class ClassicStyle:
    """A style sheet of the classic pages; of its logo Cognito returns an address alone."""

    css: str
    has_logo: bool


def describe_style(pool: PoolRef, client_id: str, *, priority: Priority) -> Style | None:
    """Describe the style of an app client; None where it has none."""
    params = {"UserPoolId": pool.pool_id, "ClientId": client_id}
    try:
        answer = call(pool.endpoint, "DescribeManagedLoginBrandingByClient", params, priority=priority)
    except errors.NotFound:
        return None
    return _style(answer)


def create_style(
    pool: PoolRef, client_id: str, settings: Mapping[str, Any], assets: Sequence[Asset], *, priority: Priority
) -> Style:
    """Give an app client its style.

    Raises:
        AlreadyExists: it has one.
        QuotaReached: the pool has twenty.
    """
    params = {"UserPoolId": pool.pool_id, "ClientId": client_id, **_looks(settings, assets)}
    return _style(call(pool.endpoint, "CreateManagedLoginBranding", params, priority=priority))


def update_style(
    pool: PoolRef, style_id: str, settings: Mapping[str, Any], assets: Sequence[Asset], *, priority: Priority
) -> None:
    """Merge settings and pictures into a style: what is not sent stays (UpdateManagedLoginBranding)."""
    params = {"UserPoolId": pool.pool_id, "ManagedLoginBrandingId": style_id, **_looks(settings, assets)}
    call(pool.endpoint, "UpdateManagedLoginBranding", params, priority=priority)


def delete_style(pool: PoolRef, style_id: str, *, priority: Priority) -> None:
    """Delete a style; one that is gone already is no error. Its client has no sign-in pages without one."""
    with contextlib.suppress(errors.NotFound):
        params = {"UserPoolId": pool.pool_id, "ManagedLoginBrandingId": style_id}
        call(pool.endpoint, "DeleteManagedLoginBranding", params, priority=priority)


def get_classic(pool: PoolRef, client_id: str, *, priority: Priority) -> ClassicStyle:
    """Read the classic style of an app client."""
    params = {"UserPoolId": pool.pool_id, "ClientId": client_id}
    found = call(pool.endpoint, "GetUICustomization", params, priority=priority).get("UICustomization", {})
    # A client without a style of its own is answered with the one for all clients, if there is one.
    own = found if found.get("ClientId") == client_id else {}
    return ClassicStyle(own.get("CSS", ""), has_logo=bool(own.get("ImageUrl")))


def set_classic(pool: PoolRef, client_id: str, css: str, logo: bytes, *, priority: Priority) -> ClassicStyle:
    """Set the classic style sheet and logo of an app client, which go together: what is omitted is gone."""
    params: dict[str, Any] = {"UserPoolId": pool.pool_id, "ClientId": client_id, "CSS": css}
    if logo:
        params["ImageFile"] = logo
    call(pool.endpoint, "SetUICustomization", params, priority=priority)
    return ClassicStyle(css, has_logo=bool(logo))


def _looks(settings: Mapping[str, Any], assets: Sequence[Asset]) -> dict[str, Any]:
    pictures = [
        {"Category": one.category, "ColorMode": one.color_mode, "Extension": one.extension, "Bytes": one.content}
        for one in assets
    ]
    return {"Settings": dict(settings), "Assets": pictures} if pictures else {"Settings": dict(settings)}


def _style(answer: Mapping[str, Any]) -> Style:
    document = answer["ManagedLoginBranding"]
    assets = [
        Asset(one["Category"], one["ColorMode"], one["Extension"], one.get("Bytes", b""))
        for one in document.get("Assets", [])
    ]
    return Style(document["ManagedLoginBrandingId"], document.get("Settings", {}), assets)
