"""What an authorization request asks of the sign-in itself: `prompt`, `max_age` and `acr_values`. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oidc.core.errors import (
    ConsentRequiredError,
    RegistrationNotSupportedError,
    RequestNotSupportedError,
    RequestURINotSupportedError,
)

from federation.levels import ACR_MULTI_FACTOR, LEVELS

# `consent` is not among them: there is no consent page, since the operator chose the application for the tenant.
PROMPTS = ("none", "login", "select_account", "create")
# `fragment` is for tokens in the answer, of which there are none here.
RESPONSE_MODES = ("query", "form_post")
_NOT_SUPPORTED = {
    "request": RequestNotSupportedError,
    "request_uri": RequestURINotSupportedError,
    "registration": RegistrationNotSupportedError,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the application asks of the sign-in.

    Args:
        silent: no page may be shown (`prompt=none`).
        fresh: the person must sign in now (`prompt=login` or `create`).
        max_age: seconds since the last sign-in at most; None for no limit.
        two_factors: the person should have shown two factors (`acr_values`).
        choose: the person says as whom, although a session would do (`prompt=select_account`). Who signs in anew says
            it there, so that it adds nothing to `fresh`.
    """

    silent: bool
    fresh: bool
    max_age: int | None
    two_factors: bool = False
    choose: bool = False

    def accepts(self, auth_time: datetime, now: datetime) -> bool:
        """Say whether a session that began at `auth_time` will do."""
        if self.fresh:
            return False
        return self.max_age is None or (now - auth_time).total_seconds() <= self.max_age


def read(parameters: dict[str, str]) -> Asked:
    """Read and check the optional parameters of an authorization request (OpenID Connect Core section 3.1.2.1).

    Raises:
        OAuth2Error: the standard error for a value that is not allowed or a parameter that is not supported.
    """
    for name, error in _NOT_SUPPORTED.items():
        if name in parameters:
            raise error()
    if parameters.get("response_mode", "query") not in RESPONSE_MODES:
        raise InvalidRequestError("response_mode must be query or form_post.")
    prompts = set(parameters.get("prompt", "").split())
    if "consent" in prompts:
        raise ConsentRequiredError
    if prompts - set(PROMPTS) or ("none" in prompts and len(prompts) > 1):
        raise InvalidRequestError("prompt is not valid.")
    fresh = bool(prompts & {"login", "create"})
    return Asked(
        silent="none" in prompts,
        fresh=fresh,
        max_age=_seconds(parameters.get("max_age")),
        two_factors=asks_for_two_factors(parameters),
        choose="select_account" in prompts and not fresh,
    )


def asks_for_account(parameters: Mapping[str, object]) -> bool:
    """Say whether the person is to be shown where an account is made.

    See "Initiating User Registration via OpenID Connect 1.0". It is a wish: where accounts are made by invitation
    alone, the person is asked to sign in.
    """
    return "create" in str(parameters.get("prompt", "")).split()


def asks_for_two_factors(parameters: Mapping[str, object]) -> bool:
    """Say whether nothing less than two factors is among the levels that the application asks for, in `acr_values`.

    Levels that we do not know are left out, and one may be missed: the parameter is a wish (OpenID Connect Core section
    3.1.2.1), and `acr` in the ID token tells what came of it.
    """
    known = set(LEVELS) & set(str(parameters.get("acr_values", "")).split())
    return known == {ACR_MULTI_FACTOR}


def _seconds(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise InvalidRequestError("max_age is not valid.")
    return int(text)
