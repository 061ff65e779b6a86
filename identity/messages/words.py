"""The words of a message that Cognito sends, in the brand of a tenant and the language that is active.

What Cognito does not take it does not send at all, so that nobody would get a code. Its limits are those of its own
templates (botocore's EmailVerificationMessageType, EmailVerificationSubjectType, SmsVerificationMessageType): letters,
marks, symbols, numbers, punctuation and plain white space. A no-break space is in none of them
(aws-amplify/amplify-js#6917).
"""

import unicodedata
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from identity.messages.question import Purpose
from tenants.branded_mail import Letter, branded_html
from tenants.models import Branding

# In whose places the function puts the marks that Cognito wants (docs/aws/write_messages.py).
CODE, USERNAME = "{####}", "{username}"
LONGEST_SUBJECT, LONGEST_MAIL = 140, 20_000
# Cognito takes 140 with the mark, and a code may be two digits longer than that.
LONGEST_SMS = 138
# Three dots, because the one character for them doubles what a text message costs (3GPP TS 23.038 lacks it).
_CUT = "..."

_SUBJECTS: Mapping[Purpose, Promise] = {
    Purpose.PASSWORD: gettext_lazy("Your code for a new password at %(organization)s"),
    Purpose.SIGN_IN: gettext_lazy("Your code to sign in to %(organization)s"),
    Purpose.ADDRESS: gettext_lazy("Confirm your e-mail address for %(organization)s"),
    Purpose.INVITATION: gettext_lazy("Your account at %(organization)s"),
}
_TEXT_MESSAGES: Mapping[Purpose, Promise] = {
    Purpose.PASSWORD: gettext_lazy("%(code)s is your code for a new password at %(organization)s. Give it to nobody."),
    Purpose.SIGN_IN: gettext_lazy("%(code)s is your code to sign in to %(organization)s. Give it to nobody."),
    Purpose.ADDRESS: gettext_lazy("%(code)s confirms your phone number at %(organization)s. Give it to nobody."),
    Purpose.INVITATION: gettext_lazy(
        "Your account at %(organization)s: username %(username)s, temporary password %(code)s"
    ),
}


@dataclass(frozen=True)
class Words:
    """What a message says, by mail and as a text message: Cognito sends the one or the other."""

    subject: str
    mail: str
    sms: str

    def for_cognito(self) -> dict[str, str]:
        """Return them as the trigger's response has them ("Custom message response parameters", developer guide)."""
        return {"emailSubject": self.subject, "emailMessage": self.mail, "smsMessage": self.sms}


def write(purpose: Purpose, branding: Branding, *, slug: str) -> Words:
    """Write a message in the language that is active.

    Args:
        purpose: what for.
        branding: whose.
        slug: the tenant's, under whose address its logo is.
    """
    brand = copy(branding)
    brand.display_name = organization = _without_marks(branding.display_name)
    facts = {"organization": organization, "code": CODE, "username": USERNAME}
    subject = _fitted(_SUBJECTS[purpose], facts, LONGEST_SUBJECT)
    letter = Letter(
        to="",
        subject=subject,
        text=render_to_string(f"mail/cognito/{purpose.value}.txt", facts),
        code=CODE,
    )
    # Nothing can be attached to what Cognito sends.
    html = branded_html(brand, letter, logo_address=f"{settings.SIGNIN_URL}/{slug}/logo-{brand.version}")
    return Words(subject, _ascii(html), _fitted(_TEXT_MESSAGES[purpose], facts, LONGEST_SMS))


def _ascii(html: str) -> str:
    """The same HTML of characters that nobody refuses, and without what templates leave empty."""
    lines = (line.strip() for line in html.splitlines())
    return "\n".join(line for line in lines if line).encode("ascii", "xmlcharrefreplace").decode()


def _fitted(sentence: Promise, facts: Mapping[str, Any], longest: int) -> str:
    """Put facts into a sentence, and of a long name as much as there is room for."""
    name = shown = facts["organization"]
    while _length(text := _plain(str(sentence) % {**facts, "organization": shown})) > longest and name:
        name = name[:-1]
        shown = name.rstrip() + _CUT
    return text


def _length(text: str) -> int:
    """Count as Java does, whose words Cognito's limits and patterns are."""
    return len(text.encode("utf-16-le")) // 2


def _without_marks(name: str) -> str:
    """A name that Cognito does not take for a mark."""
    return _plain(name.replace("{", "(").replace("}", ")"))


def _plain(text: str) -> str:
    """Return one line of what Cognito takes: spaces of any kind become plain ones, characters of control go."""
    spaced = "".join(" " if unicodedata.category(each)[0] == "Z" or each.isspace() else each for each in text)
    return " ".join("".join(each for each in spaced if unicodedata.category(each)[0] != "C").split())
