"""Password policy, temporary passwords, and what is kept of a password.

Only an SRP salt and verifier are stored. Flows that send the password compute the verifier again: it costs a
3072-bit modular exponentiation per guess, and a second, slower hash beside it would protect nothing, because whoever
reads the database would attack the verifier.
"""

import hmac
import secrets
import string

from local.cognito.errors import ServiceError
from local.cognito.model import Doc
from local.cognito.srp import make_verifier, new_salt, number_bytes
from local.cognito.users import User

# The characters that count as symbols, see the guide's page user-pool-settings-policies.
_SYMBOLS = frozenset("^$*.[]{}()?-\"!@#%&/\\,><':;|_~`+= ")
_SYMBOLS_FOR_GENERATING = "!@#%^*-_+="
_DAY = 86400


def check_policy(pool: Doc, password: str) -> None:
    """Raise InvalidPasswordException where the pool's policy forbids `password`."""
    policy = pool["Policies"]["PasswordPolicy"]
    rules = [
        (len(password) >= policy["MinimumLength"], "Password not long enough"),
        (not policy["RequireUppercase"] or any(c in string.ascii_uppercase for c in password), "uppercase"),
        (not policy["RequireLowercase"] or any(c in string.ascii_lowercase for c in password), "lowercase"),
        (not policy["RequireNumbers"] or any(c in string.digits for c in password), "numeric"),
        (not policy["RequireSymbols"] or any(c in _SYMBOLS for c in password.strip(" ")), "symbol"),
    ]
    for holds, problem in rules:
        if not holds:
            reason = problem if " " in problem else f"Password must have {problem} characters"
            raise ServiceError("InvalidPasswordException", f"Password did not conform with policy: {reason}")


def generate_temporary(pool: Doc) -> str:
    """A random password of every kind of character, long enough for the pool's policy."""
    kinds = [string.ascii_uppercase, string.ascii_lowercase, string.digits, _SYMBOLS_FOR_GENERATING]
    length = max(int(pool["Policies"]["PasswordPolicy"]["MinimumLength"]), 12)
    letters = [secrets.choice(kind) for kind in kinds]
    letters += [secrets.choice("".join(kinds)) for _ in range(length - len(letters))]
    secrets.SystemRandom().shuffle(letters)
    return "".join(letters)


def make_credential(user: User, password: str) -> Doc:
    """A fresh salt and verifier, both in hexadecimal."""
    salt = new_salt()
    return {"salt": f"{salt:x}", "verifier": f"{make_verifier(user.pool_id, user.username, password, salt):x}"}


def matches(user: User, credential: Doc, password: str) -> bool:
    """Whether `password` is the one `credential` was made from."""
    again = make_verifier(user.pool_id, user.username, password, int(credential["salt"], 16))
    return hmac.compare_digest(number_bytes(again), number_bytes(int(credential["verifier"], 16)))


def set_password(pool: Doc, user: User, password: str) -> None:
    """Give `user` a lasting password after checking policy and history; forgets temporary and reset state."""
    check_policy(pool, password)
    size = int(pool["Policies"]["PasswordPolicy"].get("PasswordHistorySize", 0))
    used = ([user.credential] if user.credential else []) + user.history
    if any(matches(user, earlier, password) for earlier in used[:size]):
        raise ServiceError(
            "PasswordHistoryPolicyViolationException", "Password has previously been used. Choose another."
        )
    user.history = used[:size]
    user.credential = make_credential(user, password)
    user.temporary_until = None
    user.reset_code = None
    user.status = "CONFIRMED"


def set_temporary_password(pool: Doc, user: User, password: str, now: float) -> None:
    """Give `user` a password that must be changed at the first sign-in and dies unused."""
    check_policy(pool, password)
    policy = pool["Policies"]["PasswordPolicy"]
    # TemporaryPasswordValidityDays replaces UnusedAccountValidityDays (B:PasswordPolicyType).
    days = int(policy.get("TemporaryPasswordValidityDays", 7))
    user.credential = make_credential(user, password)
    user.temporary_until = now + days * _DAY
    user.reset_code = None
    user.status = "FORCE_CHANGE_PASSWORD"
