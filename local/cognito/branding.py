"""Managed-login styles: one for each app client, twenty for each pool."""

import json
import uuid

from local.cognito.branding_defaults import check_branding_settings, default_settings, merged
from local.cognito.clients import existing_client
from local.cognito.errors import ServiceError, invalid, not_found
from local.cognito.limits import require_room
from local.cognito.model import Doc
from local.cognito.operations import Call, operation

_MAX_REQUEST_BYTES = 2 * 1024 * 1024  # B:CreateManagedLoginBranding
_VECTOR, _PICTURE = frozenset({"SVG"}), frozenset({"JPEG", "PNG", "SVG", "WEBP"})
_EXTENSIONS = {
    "FAVICON_ICO": frozenset({"ICO"}),
    "FAVICON_SVG": _VECTOR,
    "IDP_BUTTON_ICON": frozenset({"ICO", "SVG"}),
}


@operation("CreateManagedLoginBranding")
def create_managed_login_branding(call: Call) -> Doc:
    """Give a client a style; a second one is ManagedLoginBrandingExistsException (reference 2.4)."""
    pool, client, params, now = call.pool(), existing_client(call), call.params, call.clock.now()
    pool_id, client_id = str(pool["Id"]), str(client["ClientId"])
    if pool["UserPoolTier"] == "LITE":
        # The branding editor needs Essentials. The model declares no FeatureUnavailableInTierException here, and
        # OperationNotEnabledException on every branding operation.
        raise ServiceError("OperationNotEnabledException", "Managed login needs the ESSENTIALS feature plan.")
    provided = bool(params.get("UseCognitoProvidedValues", False))
    if not provided and "Settings" not in params:
        raise invalid("Give either UseCognitoProvidedValues or Settings.")
    _check_style(params)
    if call.store.get("brandings", client_id=client_id) is not None:
        message = f"A managed login style already exists for client {client_id}."
        raise ServiceError("ManagedLoginBrandingExistsException", message)
    require_room(call.store, "styles_per_pool", call.store.count("brandings", pool_id=pool_id))
    style: Doc = {
        "ManagedLoginBrandingId": str(uuid.uuid4()),
        "UserPoolId": pool_id,
        "UseCognitoProvidedValues": provided,
        "Settings": params.get("Settings", {}),
        "Assets": params.get("Assets", []),
        "CreationDate": now,
        "LastModifiedDate": now,
    }
    keys = {"id": style["ManagedLoginBrandingId"], "pool_id": pool_id, "client_id": client_id}
    call.store.insert("brandings", style, **keys)
    return {"ManagedLoginBranding": _shown(style)}


def _check_style(params: Doc) -> None:
    if len(json.dumps(params)) > _MAX_REQUEST_BYTES:
        raise invalid("The request is larger than 2 MB.")
    if params.get("UseCognitoProvidedValues") and (params.get("Settings") or params.get("Assets")):
        # "Set UseCognitoProvidedValues to true and don't provide values for any other options"
        # (B:CreateManagedLoginBranding).
        raise invalid("UseCognitoProvidedValues excludes Settings and Assets.")
    check_branding_settings(params.get("Settings", {}))
    assets = params.get("Assets", [])
    for asset in assets:
        category, extension = str(asset["Category"]), str(asset["Extension"])
        if extension not in _EXTENSIONS.get(category, _PICTURE):
            raise invalid(f"An asset of category {category} cannot be {extension}.")
        if "Bytes" not in asset and "ResourceId" not in asset:
            raise invalid(f"The asset of category {category} has no Bytes.")
    if len({_asset_key(asset) for asset in assets}) != len(assets):
        raise invalid("An asset is given twice for one category and color mode.")


def _asset_key(asset: Doc) -> tuple[str, str]:
    return str(asset["Category"]), str(asset["ColorMode"])


@operation("UpdateManagedLoginBranding")
def update_managed_login_branding(call: Call) -> Doc:
    """Merge into a style: settings and assets that are not sent survive (B:UpdateManagedLoginBranding)."""
    style, params = _existing(call), call.params
    _check_style(params)
    if params.get("UseCognitoProvidedValues"):
        style |= {"UseCognitoProvidedValues": True, "Settings": {}, "Assets": []}
    elif params.get("Settings") or params.get("Assets") or "UseCognitoProvidedValues" in params:
        style["UseCognitoProvidedValues"] = False
    style["Settings"] = merged(style["Settings"], params.get("Settings", {}))
    assets = {_asset_key(asset): asset for asset in [*style["Assets"], *params.get("Assets", [])]}
    style["Assets"] = list(assets.values())
    style["LastModifiedDate"] = call.clock.now()
    call.store.update("brandings", style, id=style["ManagedLoginBrandingId"])
    return {"ManagedLoginBranding": _shown(style)}


def _existing(call: Call) -> Doc:
    for name in ("UserPoolId", "ManagedLoginBrandingId"):
        if not call.params.get(name):
            raise invalid(f"{name} is required.")
    pool_id, style_id = str(call.pool()["Id"]), str(call.params["ManagedLoginBrandingId"])
    style = call.store.get("brandings", id=style_id, pool_id=pool_id)
    if style is None:
        raise not_found(f"Managed login branding {style_id} does not exist.")
    return style


def _shown(style: Doc, *, with_defaults: bool = False) -> Doc:
    settings = merged(default_settings(), style["Settings"]) if with_defaults else style["Settings"]
    shown = {**style, "Settings": settings}
    return shown if settings else {name: value for name, value in shown.items() if name != "Settings"}


@operation("DescribeManagedLoginBranding")
def describe_managed_login_branding(call: Call) -> Doc:
    """A style by its id; with ReturnMergedResources laid over Cognito's own values."""
    return {
        "ManagedLoginBranding": _shown(
            _existing(call), with_defaults=bool(call.params.get("ReturnMergedResources", False))
        )
    }


@operation("DescribeManagedLoginBrandingByClient")
def describe_managed_login_branding_by_client(call: Call) -> Doc:
    """The style of a client; a client without one is ResourceNotFoundException."""
    client_id = str(existing_client(call)["ClientId"])
    style = call.store.get("brandings", client_id=client_id)
    if style is None:
        raise not_found(f"Client {client_id} has no managed login branding.")
    with_defaults = bool(call.params.get("ReturnMergedResources", False))
    return {"ManagedLoginBranding": _shown(style, with_defaults=with_defaults)}


@operation("DeleteManagedLoginBranding")
def delete_managed_login_branding(call: Call) -> Doc:
    """Remove a style; the client's pages do not work without one."""
    call.store.delete("brandings", id=str(_existing(call)["ManagedLoginBrandingId"]))
    return {}
