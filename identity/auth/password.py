"""Signing in with a password, without the password ever leaving this process."""

from collections.abc import Mapping
from datetime import UTC, datetime

import structlog

from identity.auth.challenges import initiate, read_answer, respond
from identity.auth.devices import NotAccepted, claim_responses, sign_in_from
from identity.auth.translation import auth_errors
from identity.auth.types import AppClientRef, Device, SignInResult
from identity.cognito.srp import SrpSession

_log = structlog.get_logger(__name__)


def sign_in_with_password(
    client: AppClientRef, username: str, password: str, *, device: Device | None = None
) -> SignInResult:
    """Sign a person in by Secure Remote Password (USER_SRP_AUTH).

    Arguments:
        username: the Cognito user name, or a verified alias of the pool.
        device: that the person is at, if it was remembered: it stands for the second factor. One that Cognito does not
            remember, or that cannot prove itself, counts as none (``SignedIn.by_device``).

    Raises:
        InvalidCredentials: wrong password or unknown user; a subclass says more for the audit log.
        TooManyAttempts: Cognito locked the user for a while.
        PasswordResetRequired: an administrator asked for a new password.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    with auth_errors():
        if device is not None:
            try:
                return _sign_in(client, username, password, device)
            except NotAccepted:
                # What came of it cannot be taken up again; the password is checked once more.
                _log.info("device_not_accepted", pool_id=client.pool_id)
        return _sign_in(client, username, password, None)


def _sign_in(client: AppClientRef, username: str, password: str, device: Device | None) -> SignInResult:
    srp = SrpSession.start()
    answer = initiate(client, "USER_SRP_AUTH", username, {"SRP_A": srp.srp_a})
    if answer.get("ChallengeName") != "PASSWORD_VERIFIER":
        return read_answer(answer, username)
    challenge = answer["ChallengeParameters"]
    user_id = challenge["USER_ID_FOR_SRP"]
    claim = srp.claim(
        pool_id=client.pool_id,
        user_id=user_id,
        password=password,
        salt=challenge["SALT"],
        srp_b=challenge["SRP_B"],
        secret_block=challenge["SECRET_BLOCK"],
        now=datetime.now(UTC),
    )
    responses = claim_responses(claim, challenge["SECRET_BLOCK"])
    if device is not None:
        return sign_in_from(device, client, user_id, responses, session=answer.get("Session"))
    return respond(client, "PASSWORD_VERIFIER", user_id, responses, session=answer.get("Session"))


def answer_new_password(
    client: AppClientRef,
    username: str,
    session: str,
    new_password: str,
    attributes: Mapping[str, str] | None = None,
) -> SignInResult:
    """Replace a temporary password during sign-in.

    Arguments:
        username, session: of ``NewPasswordRequired``.
        attributes: values for its ``missing_attributes``.

    Raises:
        PasswordRejected: the new password breaks the pool's policy.
        SessionExpired: the sign-in must begin again.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    responses = {f"userAttributes.{name}": value for name, value in (attributes or {}).items()}
    responses["NEW_PASSWORD"] = new_password
    with auth_errors():
        return respond(client, "NEW_PASSWORD_REQUIRED", username, responses, session=session)
