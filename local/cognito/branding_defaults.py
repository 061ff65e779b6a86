"""The settings of a managed-login style that nobody has changed, and what a style may set.

The tree is the example of AWS's API reference for CreateManagedLoginBranding, which is what the branding editor starts
from and what ReturnMergedResources lays a style over.
"""

import copy
import re
from typing import Any

from local.cognito.errors import invalid
from local.cognito.model import Doc

_COLOR = re.compile(r"[0-9a-fA-F]{8}")  # RGBA without a number sign (reference section 5)
# Whatever a provider's own button needs: its keys are names of providers.
_FREE = frozenset({"components.idpButton.custom"})

# Component, property, color in light mode, color in dark mode.
_COLORS = """
components.alert error.backgroundColor fff7f7ff 1a0000ff
components.alert error.borderColor d91515ff eb6f6fff
components.form backgroundColor ffffffff 0f1b2aff
components.form borderColor c6c6cdff 424650ff
components.idpButton.standard active.backgroundColor d3e7f9ff 354150ff
components.idpButton.standard active.borderColor 033160ff 89bdeeff
components.idpButton.standard active.textColor 033160ff 89bdeeff
components.idpButton.standard defaults.backgroundColor ffffffff 0f1b2aff
components.idpButton.standard defaults.borderColor 424650ff c6c6cdff
components.idpButton.standard defaults.textColor 424650ff c6c6cdff
components.idpButton.standard hover.backgroundColor f2f8fdff 192534ff
components.idpButton.standard hover.borderColor 033160ff 89bdeeff
components.idpButton.standard hover.textColor 033160ff 89bdeeff
components.pageBackground color ffffffff 0f1b2aff
components.pageFooter background.color fafafaff 0f141aff
components.pageFooter borderColor d5dbdbff 424650ff
components.pageHeader background.color fafafaff 0f141aff
components.pageHeader borderColor d5dbdbff 424650ff
components.pageText bodyColor 414d5cff b6bec9ff
components.pageText descriptionColor 414d5cff b6bec9ff
components.pageText headingColor 000716ff d1d5dbff
components.primaryButton active.backgroundColor 033160ff 539fe5ff
components.primaryButton active.textColor ffffffff 000716ff
components.primaryButton defaults.backgroundColor 0972d3ff 539fe5ff
components.primaryButton defaults.textColor ffffffff 000716ff
components.primaryButton disabled.backgroundColor ffffffff ffffffff
components.primaryButton disabled.borderColor ffffffff ffffffff
components.primaryButton hover.backgroundColor 033160ff 89bdeeff
components.primaryButton hover.textColor ffffffff 000716ff
components.secondaryButton active.backgroundColor d3e7f9ff 354150ff
components.secondaryButton active.borderColor 033160ff 89bdeeff
components.secondaryButton active.textColor 033160ff 89bdeeff
components.secondaryButton defaults.backgroundColor ffffffff 0f1b2aff
components.secondaryButton defaults.borderColor 0972d3ff 539fe5ff
components.secondaryButton defaults.textColor 0972d3ff 539fe5ff
components.secondaryButton hover.backgroundColor f2f8fdff 192534ff
components.secondaryButton hover.borderColor 033160ff 89bdeeff
components.secondaryButton hover.textColor 033160ff 89bdeeff
componentClasses.divider borderColor ebebf0ff 232b37ff
componentClasses.dropDown defaults.itemBackgroundColor ffffffff 192534ff
componentClasses.dropDown hover.itemBackgroundColor f4f4f4ff 081120ff
componentClasses.dropDown hover.itemBorderColor 7d8998ff 5f6b7aff
componentClasses.dropDown hover.itemTextColor 000716ff e9ebedff
componentClasses.dropDown match.itemBackgroundColor 414d5cff d1d5dbff
componentClasses.dropDown match.itemTextColor 0972d3ff 89bdeeff
componentClasses.focusState borderColor 0972d3ff 539fe5ff
componentClasses.input defaults.backgroundColor ffffffff 0f1b2aff
componentClasses.input defaults.borderColor 7d8998ff 5f6b7aff
componentClasses.input placeholderColor 5f6b7aff 8d99a8ff
componentClasses.inputDescription textColor 5f6b7aff 8d99a8ff
componentClasses.inputLabel textColor 000716ff d1d5dbff
componentClasses.link defaults.textColor 0972d3ff 539fe5ff
componentClasses.link hover.textColor 033160ff 89bdeeff
componentClasses.optionControls defaults.backgroundColor ffffffff 0f1b2aff
componentClasses.optionControls defaults.borderColor 7d8998ff 7d8998ff
componentClasses.optionControls selected.backgroundColor 0972d3ff 539fe5ff
componentClasses.optionControls selected.foregroundColor ffffffff 000716ff
componentClasses.statusIndicator error.backgroundColor fff7f7ff 1a0000ff
componentClasses.statusIndicator error.borderColor d91515ff eb6f6fff
componentClasses.statusIndicator error.indicatorColor d91515ff eb6f6fff
componentClasses.statusIndicator pending.indicatorColor AAAAAAAA AAAAAAAA
componentClasses.statusIndicator success.backgroundColor f2fcf3ff 001a02ff
componentClasses.statusIndicator success.borderColor 037f0cff 29ad32ff
componentClasses.statusIndicator success.indicatorColor 037f0cff 29ad32ff
componentClasses.statusIndicator warning.backgroundColor fffce9ff 1d1906ff
componentClasses.statusIndicator warning.borderColor 8d6605ff e0ca57ff
componentClasses.statusIndicator warning.indicatorColor 8d6605ff e0ca57ff
"""
_PLAIN: dict[str, Any] = {
    "categories.auth.authMethodOrder": [
        [{"display": "BUTTON", "type": "FEDERATED"}, {"display": "INPUT", "type": "USERNAME_PASSWORD"}]
    ],
    "categories.auth.federation": {"interfaceStyle": "BUTTON_LIST", "order": []},
    "categories.form.displayGraphics": True,
    "categories.form.instructions.enabled": False,
    "categories.form.languageSelector.enabled": False,
    "categories.form.location": {"horizontal": "CENTER", "vertical": "CENTER"},
    "categories.form.sessionTimerDisplay": "NONE",
    "categories.global.colorSchemeMode": "LIGHT",
    "categories.global.pageFooter.enabled": False,
    "categories.global.pageHeader.enabled": False,
    "categories.global.spacingDensity": "REGULAR",
    "categories.signUp.acceptanceElements": [{"enforcement": "NONE", "textKey": "en"}],
    "componentClasses.buttons.borderRadius": 8.0,
    "componentClasses.dropDown.borderRadius": 8.0,
    "componentClasses.idpButtons.icons.enabled": True,
    "componentClasses.input.borderRadius": 8.0,
    "components.alert.borderRadius": 12.0,
    "components.favicon.enabledTypes": ["ICO", "SVG"],
    "components.form.backgroundImage.enabled": False,
    "components.form.borderRadius": 8.0,
    "components.form.logo": {"enabled": False, "formInclusion": "IN", "location": "CENTER", "position": "TOP"},
    "components.idpButton.custom": {},
    "components.pageBackground.image.enabled": True,
    "components.pageFooter.backgroundImage.enabled": False,
    "components.pageFooter.logo": {"enabled": False, "location": "START"},
    "components.pageHeader.backgroundImage.enabled": False,
    "components.pageHeader.logo": {"enabled": False, "location": "START"},
    "components.phoneNumberSelector.displayType": "TEXT",
}


def _put(tree: Doc, path: str, value: Any) -> None:
    *parents, name = path.split(".")
    for parent in parents:
        tree = tree.setdefault(parent, {})
    tree[name] = value


def default_settings() -> Doc:
    """A fresh copy of the whole tree."""
    tree: Doc = {}
    for path, value in _PLAIN.items():
        _put(tree, path, copy.deepcopy(value))
    for line in _COLORS.strip().splitlines():
        component, name, light, dark = line.split()
        _put(tree, f"{component}.lightMode.{name}", light)
        _put(tree, f"{component}.darkMode.{name}", dark)
    return tree


def merged(below: Doc, above: Doc) -> Doc:
    """`below` with what `above` says put over it; lists are replaced whole."""
    result = dict(below)
    for name, value in above.items():
        both = isinstance(value, dict) and isinstance(result.get(name), dict)
        result[name] = merged(result[name], value) if both else value
    return result


def check_branding_settings(given: Doc) -> None:
    """Raise InvalidParameterException for a setting that does not exist or is of the wrong kind."""
    _check(given, default_settings(), "")


def _check(given: Doc, known: Doc, path: str) -> None:
    for name, value in given.items():
        place = f"{path}.{name}" if path else name
        if name not in known:
            raise invalid(f"Invalid branding settings: UnknownProperty {place}")
        if place in _FREE:
            continue
        _check_value(value, known[name], place)


def _check_value(value: Any, default: Any, place: str) -> None:
    if isinstance(default, dict):
        if not isinstance(value, dict):
            raise invalid(f"Invalid branding settings: {place} must be an object")
        _check(value, default, place)
    elif isinstance(default, float):
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
            raise invalid(f"Invalid branding settings: {place} must be a number")
    elif type(value) is not type(default):
        raise invalid(f"Invalid branding settings: {place} must be a {type(default).__name__}")
    elif isinstance(value, str):
        _check_text(value, place)


def _check_text(value: str, place: str) -> None:
    if place.lower().endswith("color") and _COLOR.fullmatch(value) is None:
        raise invalid(f"Invalid branding settings: {place} must be eight hexadecimal digits, RGBA")
    if place == "categories.global.colorSchemeMode" and value not in ("LIGHT", "DARK", "DYNAMIC"):
        raise invalid(f"Invalid branding settings: {place} must be LIGHT, DARK or DYNAMIC")
