"""The words of Cognito's messages: in each language, in a brand, and so that Cognito takes them."""

import re
import unicodedata
from html import unescape
from itertools import product

import pytest
from django.conf import settings

from identity.languages import written_in
from identity.messages.question import Purpose, Question, question_of
from identity.messages.words import CODE, LONGEST_MAIL, LONGEST_SMS, LONGEST_SUBJECT, USERNAME, Words, write
from tenants.models import Branding
from tests.tenants.logos import png

LANGUAGES = [code for code, _name in settings.BRAND_LANGUAGES]
ALL = list(product(Purpose, LANGUAGES))
LONGEST_NAME = Branding._meta.get_field("display_name").max_length or 0
# Names in which Cognito could see something else, or would take nothing of: marks, a no-break space, a character of
# control, ones beyond 16 bits.
ODD_NAMES = ["{####} {username}", "A\u00a0B\u202fC\u3000D", "A\x07B\u200dC\nD", "\N{OFFICE BUILDING}" * LONGEST_NAME]


def written(purpose: Purpose, language: str, name: str = "Acme", **brand: object) -> Words:
    with written_in(language):
        return write(purpose, Branding(display_name=name, **brand), slug="acme")


def is_taken(text: str) -> bool:
    """Whether a text is one of botocore's patterns: letters, marks, symbols, numbers, punctuation and white space."""
    return all(unicodedata.category(each)[0] in "LMSNP" or each in " \t\n\x0b\f\r" for each in text)


def check(words: Words, purpose: Purpose) -> None:
    """Check all that Cognito checks; a message that it does not take leaves somebody without a code."""
    assert is_taken(words.mail)
    assert is_taken(words.subject)
    assert is_taken(words.sms)
    assert len(words.mail) <= LONGEST_MAIL
    assert 0 < len(words.subject.encode("utf-16-le")) // 2 <= LONGEST_SUBJECT
    assert len(words.sms.encode("utf-16-le")) // 2 <= LONGEST_SMS
    assert re.fullmatch(r".*\{####\}.*", words.sms)
    assert (words.mail.count(CODE), words.sms.count(CODE), words.subject.count(CODE)) == (1, 1, 0)
    invites = purpose == Purpose.INVITATION
    assert (words.mail.count(USERNAME), words.sms.count(USERNAME)) == (invites, invites)


@pytest.mark.parametrize(("purpose", "language"), ALL)
@pytest.mark.parametrize("name", ["Acme", "m" * LONGEST_NAME, *ODD_NAMES])
def test_cognito_takes_each_message_in_each_language(purpose: Purpose, language: str, name: str) -> None:
    check(written(purpose, language, name), purpose)


@pytest.mark.parametrize("purpose", Purpose)
def test_each_language_has_its_own_words(purpose: Purpose) -> None:
    each = [written(purpose, language) for language in LANGUAGES]
    for part in ("subject", "mail", "sms"):
        assert len({getattr(words, part) for words in each}) == len(LANGUAGES), part
    for language, words in zip(LANGUAGES, each, strict=True):
        assert f'lang="{language}"' in words.mail
        # What is not translated would be there in English.
        english = set(sentences(each[0].mail)) & set(sentences(words.mail))
        assert language == "en" or english == {"Acme", CODE}


def sentences(html: str) -> list[str]:
    """What is read in the paragraphs of a mail."""
    found = re.findall(r"<p\b[^>]*>(.*?)</p>", html, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", inner)).split()) for inner in found]


def test_a_name_is_cut_where_it_does_not_fit() -> None:
    words = written(Purpose.SIGN_IN, "en", "m" * LONGEST_NAME)
    assert words.sms.endswith("mmm.... Give it to nobody.")
    assert len(words.sms) == LONGEST_SMS
    assert written(Purpose.SIGN_IN, "en").sms == "{####} is your code to sign in to Acme. Give it to nobody."


def test_a_mail_wears_the_brand_and_nothing_is_attached() -> None:
    words = written(Purpose.PASSWORD, "de", accent="#0b7285", logo=png(), logo_type="image/png", version=3)
    assert "#0b7285" in words.mail
    assert f'src="{settings.SIGNIN_URL}/acme/logo-3"' in words.mail
    assert "cid:" not in words.mail
    assert "Ihr Code für ein neues Passwort bei Acme" in unescape(words.mail)
    # Mail programs show no SVG.
    assert "<img" not in written(Purpose.PASSWORD, "de", logo=b"<svg/>", logo_type="image/svg+xml").mail


def test_what_is_a_name_is_no_markup() -> None:
    assert "<b>" not in written(Purpose.PASSWORD, "en", "<b>Acme</b>").mail


ASKED = {"userPoolId": "eu-west-1_abc", "userName": "ann", "triggerSource": "CustomMessage_ForgotPassword"}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (ASKED, Question("eu-west-1_abc", "ann", "", Purpose.PASSWORD)),
        ({**ASKED, "sub": "a sub", "locale": "de"}, Question("eu-west-1_abc", "ann", "a sub", Purpose.PASSWORD, "de")),
        ({**ASKED, "sub": 7, "locale": "x" * 129}, Question("eu-west-1_abc", "ann", "", Purpose.PASSWORD)),
        ({**ASKED, "triggerSource": "CustomMessage_Else"}, None),
        ({**ASKED, "triggerSource": ["CustomMessage_SignUp"]}, None),
        ({**ASKED, "userPoolId": "'; DROP TABLE"}, None),
        ({**ASKED, "userName": ""}, None),
        ({**ASKED, "userName": "an\0n"}, None),
        ([ASKED], None),
        (None, None),
    ],
)
def test_what_a_document_asks(document: object, expected: Question | None) -> None:
    assert question_of(document) == expected
