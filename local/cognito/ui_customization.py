"""Branding of the classic hosted pages: one style sheet and one logo for all clients, or for one."""

import base64
import hashlib
import re

from local.cognito.clients import existing_client
from local.cognito.errors import invalid
from local.cognito.model import Doc
from local.cognito.operations import Call, operation

_ALL = "ALL"
_KIND = "ui"
_MAX_LOGO_BYTES = 100 * 1024  # DG:hosted-ui-classic-branding
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_CLASSES = frozenset(
    {
        "background",
        "banner",
        "errorMessage",
        "idpButton",
        "idpDescription",
        "inputField",
        "label",
        "legalText",
        "logo",
        "passwordCheck-valid",
        "passwordCheck-notValid",
        "redirect",
        "socialButton",
        "submitButton",
        "textDescription",
    }
)
_FORBIDDEN = re.compile(r"@|<|javascript:|expression\(", re.IGNORECASE)
_RULE = re.compile(r"\s*\.([A-Za-z-]+)-customizable(?::(?:hover|focus))?\s*\{[^{}]*\}\s*")


@operation("SetUICustomization")
def set_ui_customization(call: Call) -> Doc:
    """Replace style sheet and logo together: what is omitted is gone. The pool must have a domain."""
    pool, params, now = call.pool(), call.params, call.clock.now()
    pool_id = str(pool["Id"])
    if not call.store.count("domains", pool_id=pool_id):
        raise invalid("There has to be an existing domain associated with this user pool.")
    client_id = str(params.get("ClientId", _ALL))
    if client_id != _ALL:
        existing_client(call)
    css, logo = str(params.get("CSS", "")), params.get("ImageFile")
    _check_css(css)
    found = _own(call, pool_id, client_id)
    style: Doc = {
        "UserPoolId": pool_id,
        "ClientId": client_id,
        "CSSVersion": hashlib.sha256(css.encode()).hexdigest()[:14],
        "CreationDate": now if found is None else found["CreationDate"],
        "LastModifiedDate": now,
    }
    if css:
        style["CSS"] = css
    if logo:
        style["ImageUrl"] = _logo_url(pool_id, client_id, base64.b64decode(logo))
    table, keys = _place(pool_id, client_id)
    call.store.put(table, style, **keys)
    return {"UICustomization": style}


def _check_css(css: str) -> None:
    """Only the template's classes, and no at-rules or script (reference section 5)."""
    if _FORBIDDEN.search(css):
        raise invalid("Invalid CSS: at-rules and scripts are not supported.")
    plain = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    rest = _RULE.sub("", plain).strip()
    names = [match[1] for match in _RULE.finditer(plain)]
    if rest or set(names) - _CLASSES:
        raise invalid("Invalid CSS: it may style only the classes of the template, whose names end in -customizable.")


def _logo_url(pool_id: str, client_id: str, logo: bytes) -> str:
    if len(logo) > _MAX_LOGO_BYTES or not logo.startswith((_PNG, _JPEG)):
        raise invalid("The logo must be PNG or JPEG and at most 100 KB.")
    digest = hashlib.sha256(logo).hexdigest()[:20]
    return f"https://d3oia8etllorh5.cloudfront.net/{pool_id}/{client_id}/{digest}/assets/images/image"


def _place(pool_id: str, client_id: str) -> tuple[str, dict[str, str]]:
    if client_id == _ALL:
        return "pool_settings", {"pool_id": pool_id, "kind": _KIND}
    return "client_settings", {"client_id": client_id, "kind": _KIND}


def _own(call: Call, pool_id: str, client_id: str) -> Doc | None:
    table, keys = _place(pool_id, client_id)
    return call.store.get(table, **keys)


@operation("GetUICustomization")
def get_ui_customization(call: Call) -> Doc:
    """The client's branding, else the pool's, else nothing (B:GetUICustomization)."""
    pool_id, client_id = str(call.pool()["Id"]), str(call.params.get("ClientId", _ALL))
    if client_id != _ALL:
        existing_client(call)
    return {"UICustomization": _own(call, pool_id, client_id) or _own(call, pool_id, _ALL) or {}}
