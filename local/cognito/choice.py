"""Choice-based sign-in (USER_AUTH): what pool and user have is offered, and what is chosen goes on (reference 4)."""

from collections.abc import Callable
from dataclasses import dataclass

from local.cognito import one_time_codes
from local.cognito.challenges import completed
from local.cognito.errors import ServiceError, invalid, not_authorized
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.passkey_challenge import assertion_holds, request_options
from local.cognito.passkeys import offers_passkeys, passkeys_of, relying_party, satisfies_mfa
from local.cognito.password_steps import password_decided, password_is_right, srp_challenge, srp_identity
from local.cognito.second_factors import needs_mfa, possible
from local.cognito.sessions import AuthSession, load_session, open_session, spend, wrong_code
from local.cognito.users import User, fold, load_user

_OTP = ("EMAIL_OTP", "SMS_OTP")
# PREFERRED_CHALLENGE and ANSWER may be any of these (B:InitiateAuthRequest, B:ChallengeResponsesType).
_CHOICES = ("PASSWORD", "PASSWORD_SRP", *_OTP, "WEB_AUTHN")


@dataclass(frozen=True)
class Named:
    """Whom a sign-in is about.

    Attributes:
        name: as it was typed, a username or an alias.
        username: the user's own; of nobody one that is made up, the same each time.
        user: None where there is nobody, and nobody may learn it.
    """

    name: str
    username: str
    user: User | None


def named(call: Call, pool: Doc, name: str, user: User | None) -> Named:
    """Whoever `name` names."""
    return Named(name, srp_identity(call, pool, name, user)[0], user)


def configured_factors(call: Call, pool: Doc, user: User) -> list[str]:
    """What pool and user both have: a password, one-time passwords to a verified address, a passkey."""
    allowed = pool["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]
    found = [] if user.credential is None else ["PASSWORD"]
    found += [name for name in _OTP if name in allowed and one_time_codes.address_of(pool, user, name)]
    return [*found, "WEB_AUTHN"] if _has_passkey(call, pool, user) else found


def first_factors(call: Call, pool: Doc, user: User | None) -> list[str]:
    """What somebody can begin with. Nobody has a password and, where the pool has them, codes by mail.

    Only confirmed users do without a password, and of those who have set up MFA, or must, only who has a passkey that
    counts as two factors (DG:user-pool-settings-mfa).
    """
    if user is None:
        allowed = pool["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]
        found = {"PASSWORD", *(["EMAIL_OTP"] if "EMAIL_OTP" in allowed else [])}
    else:
        found = set(configured_factors(call, pool, user))
        if user.status != "CONFIRMED":
            found &= {"PASSWORD"}
        elif needs_mfa(pool, user):
            # Who signs in so has another second factor besides.
            alone = satisfies_mfa(pool) and user.passkey_mfa and possible(pool, user)
            found &= {"PASSWORD", *(["WEB_AUTHN"] if alone else [])}
    return [name for name in _CHOICES if name.removesuffix("_SRP") in found]


def _has_passkey(call: Call, pool: Doc, user: User) -> bool:
    if not offers_passkeys(pool) or not passkeys_of(call, user):
        return False
    return bool(passkeys_of(call, user, relying_party(call, pool)))


def begin_choice(call: Call, pool: Doc, client: Doc, who: Named, parameters: Doc) -> Doc:
    """The first answer: the preferred challenge where it can be had, otherwise the list of those that can."""
    available = first_factors(call, pool, who.user)
    preferred = parameters.get("PREFERRED_CHALLENGE")
    if preferred is not None and preferred not in _CHOICES:
        raise invalid(f"Invalid PREFERRED_CHALLENGE: {preferred}")
    if preferred in available:
        answer = _chosen(call, pool, client, who, str(preferred), parameters)
    else:
        answer = _challenge(call, client, who, "SELECT_CHALLENGE", {}, {"available": available})
    return answer if "AuthenticationResult" in answer else {**answer, "AvailableChallenges": available}


def _challenge(call: Call, client: Doc, who: Named, name: str, parameters: dict[str, str], data: Doc) -> Doc:
    sub = "" if who.user is None else who.user.sub
    kept = {"name": who.name, **data}
    session = open_session(call, client, name, sub=sub, username=who.username, data=kept)
    return {"ChallengeName": name, "Session": session, "ChallengeParameters": parameters}


def _chosen(call: Call, pool: Doc, client: Doc, who: Named, factor: str, given: Doc) -> Doc:
    """Go on with a factor: at once where what it needs came along, otherwise by asking for it."""
    if factor == "PASSWORD" and given.get("PASSWORD"):
        return _password(call, pool, client, who, given)
    if factor == "PASSWORD_SRP" and given.get("SRP_A"):
        return srp_challenge(call, pool, client, who.name, who.user, str(given["SRP_A"]))
    if factor == "WEB_AUTHN" and who.user is not None:
        # A CREDENTIAL that comes along with the choice answers no options that were given out, so it is not looked at.
        shown, kept = request_options(call, pool, who.user, demanded=needs_mfa(pool, who.user))
        return _challenge(call, client, who, factor, shown, {"passkey": kept})
    if factor not in _OTP:
        return _challenge(call, client, who, factor, {}, {})
    code = one_time_codes.new_code(factor)
    # Nobody's code goes nowhere, and neither does that of somebody who may not sign in.
    if who.user is not None and who.user.enabled:
        one_time_codes.deliver(call, pool, client, who.user, factor, code)
    parameters = one_time_codes.delivery(pool, who.user, factor, who.name)
    return _challenge(call, client, who, factor, parameters, {"code": one_time_codes.digest(who.username, code)})


def respond_choice(call: Call, pool: Doc, client: Doc, challenge: str, responses: Doc) -> Doc:
    """Answer one of `STEPS`. The user is named as in the first request, or by their username."""
    session = load_session(call, call.params.get("Session", ""), challenge, str(client["ClientId"]))
    name = fold(pool, str(responses["USERNAME"]))
    if name not in (session.username, fold(pool, str(session.data.get("name", session.username)))):
        raise not_authorized("Invalid session for the user.")
    user = load_user(call.store, session.sub) if session.sub else None
    who = Named(str(session.data.get("name", session.username)), session.username, user)
    return STEPS[challenge](call, pool, client, session, who)


def _select(call: Call, pool: Doc, client: Doc, session: AuthSession, who: Named) -> Doc:
    responses: Doc = call.params["ChallengeResponses"]
    answer = _response(responses, "ANSWER")
    if answer not in session.data["available"]:
        raise invalid(f"Selected challenge is not available: {answer}")
    spend(call, session)
    return _chosen(call, pool, client, who, answer, responses)


def _password_step(call: Call, pool: Doc, client: Doc, session: AuthSession, who: Named) -> Doc:
    _response(call.params["ChallengeResponses"], "PASSWORD")
    spend(call, session)
    return _password(call, pool, client, who, call.params["ChallengeResponses"])


def _password(call: Call, pool: Doc, client: Doc, who: Named, given: Doc) -> Doc:
    right = password_is_right(who.user, str(given["PASSWORD"]))
    return password_decided(call, pool, client, who.name, who.user, right=right)


def _srp(call: Call, pool: Doc, client: Doc, session: AuthSession, who: Named) -> Doc:
    client_public = _response(call.params["ChallengeResponses"], "SRP_A")
    spend(call, session)
    return srp_challenge(call, pool, client, who.name, who.user, client_public)


def _one_time_password(call: Call, pool: Doc, client: Doc, session: AuthSession, who: Named) -> Doc:
    given = _response(call.params["ChallengeResponses"], f"{session.step}_CODE")
    right = one_time_codes.matches(str(session.data["code"]), who.username, given)
    if who.user is None or not right:
        error = ServiceError("CodeMismatchException", "Invalid code or auth state for the user.")
        raise wrong_code(call, session, error)
    if not who.user.enabled:
        raise not_authorized("User is disabled.")
    spend(call, session)
    return completed(call, pool, client, who.user, session.data.get("device"))


def _passkey(call: Call, pool: Doc, client: Doc, session: AuthSession, who: Named) -> Doc:
    credential = _response(call.params["ChallengeResponses"], "CREDENTIAL")
    spend(call, session)
    if who.user is None or not assertion_holds(call, who.user, session.data["passkey"], credential):
        raise not_authorized("Incorrect username or password.", keep_changes=True)
    if not who.user.enabled:
        raise not_authorized("User is disabled.", keep_changes=True)
    return completed(call, pool, client, who.user)


def _response(responses: Doc, name: str) -> str:
    value = responses.get(name)
    if not value:
        raise invalid(f"Missing required parameter {name}")
    return str(value)


STEPS: dict[str, Callable[[Call, Doc, Doc, AuthSession, Named], Doc]] = {
    "SELECT_CHALLENGE": _select,
    "PASSWORD": _password_step,
    "PASSWORD_SRP": _srp,
    "EMAIL_OTP": _one_time_password,
    "SMS_OTP": _one_time_password,
    # E-mail's second factor has the name of its first (B:ChallengeNameType).
    "SMS_MFA": _one_time_password,
    "WEB_AUTHN": _passkey,
}
