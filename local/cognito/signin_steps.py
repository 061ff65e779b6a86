"""Sign-in, later steps: RespondToAuthChallenge and AdminRespondToAuthChallenge."""

import hmac
from collections.abc import Callable

from local.cognito import srp
from local.cognito.attributes import apply_attributes, checked_attributes, claim_aliases, missing_required
from local.cognito.challenges import after_new_password, completed, second_factor
from local.cognito.choice import STEPS as CHOICE_STEPS
from local.cognito.choice import respond_choice
from local.cognito.client_auth import check_secret_hash
from local.cognito.clients import find_client
from local.cognito.device_steps import STEPS as DEVICE_STEPS
from local.cognito.device_steps import respond_device
from local.cognito.devices import named_device
from local.cognito.errors import ServiceError, invalid, not_authorized
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.password_steps import password_decided
from local.cognito.passwords import set_password
from local.cognito.responses import check_named, check_timestamp, required
from local.cognito.second_factors import EMAIL, TOTP, active
from local.cognito.sessions import AuthSession, load_session, spend, wrong_code
from local.cognito.signin import client_in_pool
from local.cognito.totp import accept_code
from local.cognito.users import User, load_user, save_user

_NEW_ATTRIBUTE = "userAttributes."


@operation("RespondToAuthChallenge")
def respond_to_auth_challenge(call: Call) -> Doc:
    """Answer a challenge without credentials of AWS."""
    client = find_client(call.store, str(call.params["ClientId"]))
    return _respond(call, call.pool(str(client["UserPoolId"])), client)


@operation("AdminRespondToAuthChallenge")
def admin_respond_to_auth_challenge(call: Call) -> Doc:
    """Answer a challenge from a server that holds AWS credentials."""
    pool = call.pool()
    return _respond(call, pool, client_in_pool(call, pool))


def _respond(call: Call, pool: Doc, client: Doc) -> Doc:
    name, responses = str(call.params["ChallengeName"]), call.params.get("ChallengeResponses", {})
    username = required(responses, "USERNAME")
    check_secret_hash(client, username, responses.get("SECRET_HASH"))
    if name == "PASSWORD_VERIFIER":
        return _password_verifier(call, pool, client, responses)
    if name in CHOICE_STEPS:
        return respond_choice(call, pool, client, name, responses)
    if name in DEVICE_STEPS:
        return respond_device(call, pool, client, name, responses)
    step = _STEPS.get(name)
    if step is None:
        raise ServiceError("UnsupportedOperationException", f"This local Cognito has no {name} challenge.")
    wanted = "MFA_SETUP_VERIFIED" if name == "MFA_SETUP" else name
    session = load_session(call, call.params.get("Session", ""), wanted, str(client["ClientId"]))
    check_named(pool, session, username)
    user = load_user(call.store, session.sub)
    if user is None:
        raise ServiceError("UserNotFoundException", "User does not exist.")
    if not user.enabled:
        raise not_authorized("User is disabled.")
    return step(call, pool, client, session, user)


def _password_verifier(call: Call, pool: Doc, client: Doc, responses: Doc) -> Doc:
    block = required(responses, "PASSWORD_CLAIM_SECRET_BLOCK")
    signature, timestamp = required(responses, "PASSWORD_CLAIM_SIGNATURE"), required(responses, "TIMESTAMP")
    check_timestamp(timestamp)
    session = load_session(call, block, "PASSWORD_VERIFIER", str(client["ClientId"]))
    check_named(pool, session, required(responses, "USERNAME"))
    spend(call, session)
    exchange = srp.Exchange(int(session.data["b"], 16), int(session.data["B"], 16))
    key = srp.session_key(int(session.data["A"], 16), exchange, int(session.data["verifier"], 16))
    user = load_user(call.store, session.sub) if session.sub else None
    right = key is not None and hmac.compare_digest(
        srp.claim_signature(key, str(pool["Id"]), session.username, srp.decode_block(block), timestamp).encode(),
        signature.encode(),
    )
    # A password that was changed since the exchange began must not open the door any more.
    current = None if user is None or user.credential is None else user.credential["verifier"]
    right = right and current == session.data["verifier"]
    return password_decided(call, pool, client, str(session.data["name"]), user, right=right)


def _new_password(call: Call, pool: Doc, client: Doc, session: AuthSession, user: User) -> Doc:
    responses: Doc = call.params["ChallengeResponses"]
    if user.status != "FORCE_CHANGE_PASSWORD":
        raise not_authorized("Invalid session for the user.")
    given = [
        {"Name": name.removeprefix(_NEW_ATTRIBUTE), "Value": value}
        for name, value in responses.items()
        if name.startswith(_NEW_ATTRIBUTE)
    ]
    attributes = checked_attributes(pool, given, None)
    for name in attributes:
        # Only missing required attributes can be given here (B:AdminRespondToAuthChallengeRequest).
        if user.attributes.get(name):
            raise invalid(f"Cannot modify an already provided {name}")
    missing = set(missing_required(pool, user.attributes)) - attributes.keys()
    if missing:
        raise invalid(f"Invalid attributes given, {', '.join(sorted(missing))} is missing")
    set_password(pool, user, required(responses, "NEW_PASSWORD"))
    spend(call, session)
    apply_attributes(user, attributes)
    save_user(call, user)
    claim_aliases(call, pool, user, force=False)
    return after_new_password(call, pool, client, user, session.data.get("device"))


def _software_token(call: Call, pool: Doc, client: Doc, session: AuthSession, user: User) -> Doc:
    code = required(call.params["ChallengeResponses"], "SOFTWARE_TOKEN_MFA_CODE")
    if user.totp is None:
        raise ServiceError("SoftwareTokenMFANotFoundException", "The user has no software token.")
    if not accept_code(user.totp, code):
        error = ServiceError("CodeMismatchException", "Invalid code received for user")
        raise wrong_code(call, session, error)
    spend(call, session)
    save_user(call, user)
    return completed(call, pool, client, user, session.data.get("device"))


def _mfa_setup(call: Call, pool: Doc, client: Doc, session: AuthSession, user: User) -> Doc:
    """The last step of set-up: the session comes from VerifySoftwareToken, so a code has been shown."""
    spend(call, session)
    user.mfa = [*(name for name in user.mfa if name != TOTP), TOTP]
    user.preferred_mfa = TOTP
    save_user(call, user)
    return completed(call, pool, client, user, session.data.get("device"))


def _select_mfa(call: Call, pool: Doc, client: Doc, session: AuthSession, user: User) -> Doc:
    answer = required(call.params["ChallengeResponses"], "ANSWER")
    # E-mail is EMAIL_MFA in descriptions and EMAIL_OTP in the list of challenges (reference section 4).
    factor = EMAIL if answer == "EMAIL_MFA" else answer
    if factor not in session.data["factors"] or factor not in active(pool, user):
        raise invalid(f"Selected MFA type is not available: {answer}")
    spend(call, session)
    device = named_device(call, pool, user, session.data.get("device"))
    return second_factor(call, pool, client, user, factor, device)


_STEPS: dict[str, Callable[[Call, Doc, Doc, AuthSession, User], Doc]] = {
    "NEW_PASSWORD_REQUIRED": _new_password,
    "SOFTWARE_TOKEN_MFA": _software_token,
    "MFA_SETUP": _mfa_setup,
    "SELECT_MFA_TYPE": _select_mfa,
}
