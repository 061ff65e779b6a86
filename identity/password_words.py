"""Why a password is not accepted, in words for the person who chose it."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from identity.auth import PasswordProblem, PasswordRejected

_WORDS: dict[PasswordProblem, Promise] = {
    PasswordProblem.TOO_SHORT: gettext_lazy("It is too short."),
    PasswordProblem.NO_UPPERCASE: gettext_lazy("It needs an upper-case letter."),
    PasswordProblem.NO_LOWERCASE: gettext_lazy("It needs a lower-case letter."),
    PasswordProblem.NO_NUMBER: gettext_lazy("It needs a digit."),
    PasswordProblem.NO_SYMBOL: gettext_lazy("It needs a symbol, such as ! or -."),
    PasswordProblem.REUSED: gettext_lazy("You used it before."),
    PasswordProblem.NOT_ACCEPTED: gettext_lazy("It is not accepted. Try one without a space at either end."),
}


def words_for(rejected: PasswordRejected) -> str:
    """Return what is wrong with the password, as sentences."""
    return " ".join([_("Choose another password."), *(str(_WORDS[problem]) for problem in rejected.reasons)])
