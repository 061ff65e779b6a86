"""The password as a factor: sent, or proved by SRP; and what follows once it was checked."""

import hashlib
import hmac
import uuid

from local.cognito import lockout, passwords, srp
from local.cognito.challenges import after_password
from local.cognito.errors import ServiceError, invalid
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.paging import service_secret
from local.cognito.sessions import open_session
from local.cognito.users import User, fold


def password_is_right(user: User | None, password: str) -> bool:
    """Whether this is the password of somebody; of nobody it never is."""
    if user is None or user.credential is None:
        # As much work as for a real user, so that time does not tell who exists.
        srp.make_verifier("none_none", "none", password, 1)
        return False
    return passwords.matches(user, user.credential, password)


def srp_challenge(call: Call, pool: Doc, client: Doc, name: str, user: User | None, srp_a: str) -> Doc:
    """PASSWORD_VERIFIER for whoever `name` names, with the client's A in hexadecimal."""
    client_public = srp.read_public(srp_a)
    if client_public is None:
        raise invalid("Invalid SRP_A")
    username, credential = srp_identity(call, pool, name, user)
    exchange = srp.start_exchange(int(credential["verifier"], 16))
    data = {
        "A": f"{client_public:x}",
        "b": f"{exchange.private:x}",
        "B": f"{exchange.public:x}",
        "verifier": credential["verifier"],
        "name": name,
    }
    sub = "" if user is None else user.sub
    block = open_session(call, client, "PASSWORD_VERIFIER", sub=sub, username=username, data=data)
    # The secret block is the handle of this step; no Session is returned beside it.
    parameters = {
        "SALT": credential["salt"],
        "SECRET_BLOCK": block,
        "SRP_B": data["B"],
        "USERNAME": username,
        "USER_ID_FOR_SRP": username,
    }
    return {"ChallengeName": "PASSWORD_VERIFIER", "ChallengeParameters": parameters}


def srp_identity(call: Call, pool: Doc, name: str, user: User | None) -> tuple[str, Doc]:
    """USER_ID_FOR_SRP with salt and verifier.

    Somebody who does not exist, or has no password, gets the same made-up values each time
    (DG:cognito-user-pool-managing-errors); nobody knows a password for them.
    """
    if user is not None and user.credential is not None:
        return user.username, user.credential
    key = f"{pool['Id']}|{fold(pool, name)}".encode()
    seed = hmac.digest(service_secret(call.store), key, hashlib.sha256)
    if user is not None:
        username = user.username
    elif pool.get("UsernameAttributes"):
        username = str(uuid.UUID(bytes=seed[16:], version=4))
    else:
        username = fold(pool, name)
    salt = int.from_bytes(seed[:16], "big")
    verifier = srp.make_verifier(str(pool["Id"]), username, seed.hex(), salt)
    return username, {"salt": f"{salt:x}", "verifier": f"{verifier:x}"}


def password_decided(call: Call, pool: Doc, client: Doc, name: str, user: User | None, *, right: bool) -> Doc:
    """Go on after a password was checked, or refuse: lock first, then the password, then the state of the user."""
    pool_id = str(pool["Id"])
    key = fold(pool, name) if user is None else user.username
    lockout.refuse_if_locked(call, pool_id, key)
    if user is not None and user.status == "RESET_REQUIRED":
        raise _refused("PasswordResetRequiredException", "Password reset required for the user")
    if user is None or not right:
        lockout.count_failure(call, pool_id, key)
        raise _refused("NotAuthorizedException", "Incorrect username or password.")
    if not user.enabled:
        raise _refused("NotAuthorizedException", "User is disabled.")
    if user.status == "UNCONFIRMED":
        raise _refused("UserNotConfirmedException", "User is not confirmed.")
    if user.temporary_until is not None and user.temporary_until <= call.clock.now():
        message = "Temporary password has expired and must be reset by an administrator."
        raise _refused("NotAuthorizedException", message)
    lockout.clear_failures(call, pool_id, key)
    return after_password(call, pool, client, user)


def _refused(code: str, message: str) -> ServiceError:
    """A refusal after which the spent SRP exchange stays spent."""
    return ServiceError(code, message, keep_changes=True)
