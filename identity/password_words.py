"""What is asked of a new password, and why one is not accepted, in words for the person who chose it.

Length counts, and that the password is not one of those that are tried first; no kinds of characters are demanded
(NIST SP 800-63B section 5.1.1.2).
"""

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity.auth import PasswordProblem, PasswordRejected
from identity.leaked_passwords import is_leaked
from identity.password_validators import leaked_words

_WORDS: dict[PasswordProblem, Promise] = {
    PasswordProblem.TOO_SHORT: gettext_lazy("It is too short."),
    PasswordProblem.NO_UPPERCASE: gettext_lazy("It needs an upper-case letter."),
    PasswordProblem.NO_LOWERCASE: gettext_lazy("It needs a lower-case letter."),
    PasswordProblem.NO_NUMBER: gettext_lazy("It needs a digit."),
    PasswordProblem.NO_SYMBOL: gettext_lazy("It needs a symbol, such as ! or -."),
    PasswordProblem.REUSED: gettext_lazy("You used it before."),
    PasswordProblem.NOT_ACCEPTED: gettext_lazy("Your organization's user pool does not accept it."),
}


def words_for(rejected: PasswordRejected) -> str:
    """Return what is wrong with the password, as sentences."""
    return " ".join([_("Choose another password."), *(str(_WORDS[problem]) for problem in rejected.reasons)])


def problem_with(password: str, *, min_length: int, email: str) -> str:
    """Return what is wrong with a new password before Cognito is asked; empty where nothing is.

    Whether it became known by a breach may be asked of a service: not to be called within a transaction.

    Args:
        password: what the person chose.
        min_length: the tenant's own minimum, which may be above its pool's.
        email: of the person; a password made of it is as good as none.
    """
    if len(password) < min_length:
        return _("Use at least %(count)d characters.") % {"count": min_length}
    if any(character.isspace() for character in password):
        # botocore's model has the pattern [\S]+ for PasswordType. The developer guide allows spaces within; the model
        # is what requests are checked against.
        return _("Choose a password without spaces.")
    try:
        CommonPasswordValidator().validate(password)
    except ValidationError:
        return _("This password is one of the first that anybody would try. Choose another one.")
    if email and email.lower() in password.lower():
        return _("Choose a password without your e-mail address in it.")
    return leaked_words() if is_leaked(password) else ""
