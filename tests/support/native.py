"""Native mode as an operator chooses it."""

from tenants.services.native import NativeOptions


def native_options(**changes: object) -> NativeOptions:
    """Native mode as the form offers it."""
    chosen: dict[str, object] = {
        "public_client": False,
        "standard_scopes": ["openid", "email"],
        "readable": ["email", "email_verified", "name"],
        "writable": ["name"],
        "access_minutes": 15,
        "id_minutes": 20,
        "refresh_days": 7,
        "rotate_refresh": True,
        "rotation_grace_seconds": 5,
        "api_scopes": [("orders.read", "Read orders")],
    }
    return NativeOptions(**{**chosen, **changes})  # type: ignore[arg-type]  # The test says what it changes.
