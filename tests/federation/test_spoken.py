"""A person who reads Japanese meets no English on the way in, nor in the mails that follow."""

import re
from html import unescape

import pytest
from pytest_django import Settings

from federation.models import SecurityNotice
from federation.services.security_notices import NoticeKind, owe_notice, send_notice
from identity.models import DirectoryUser
from tenants.actor import ANONYMOUS
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD
from tests.support.mail import Mailbox, body_text

pytestmark = pytest.mark.urls("config.urls.signin")

# Names and addresses, which are the same in every language.
_SAME = re.compile(
    r"https?://\S+|\S+@\S+|\b(?:Acme|Sample|Lifeguard|SMS|PIN|ID|QR|UTC|JavaScript|Chrome|Linux|TOTP)\b|[A-Z2-7]{16,}"
)
_TEXT = re.compile(r"<(?:script|style|head)\b.*?</(?:script|style|head)>|<[^>]+>", re.DOTALL)


def english(text: str) -> list[str]:
    """The words with Latin letters in what is shown, but for names."""
    return re.findall(r"[A-Za-z]{3,}", _SAME.sub(" ", unescape(_TEXT.sub(" ", text))))


@pytest.fixture(autouse=True)
def brand_languages(settings: Settings) -> None:
    settings.LANGUAGES = settings.BRAND_LANGUAGES


def test_the_way_in(browser: Browser, ann: DirectoryUser) -> None:
    browser.authorize(organization="acme", ui_locales="ja")
    assert '<html lang="ja"' in browser.text
    assert english(browser.text) == []
    browser.submit(email="ann@acme.example", password="wrong")
    assert english(browser.text) == []
    forgotten = re.search(r'href="(/acme/password[^"]*)"', browser.text)
    assert forgotten is not None
    browser.get(unescape(forgotten[1]))
    assert english(browser.text) == []
    browser.submit(email="ann@acme.example")
    assert english(browser.text) == []


def test_mails_are_in_the_language_of_the_last_sign_in(browser: Browser, ann: DirectoryUser, mailbox: Mailbox) -> None:
    mailbox.clear()
    browser.sign_in("ann@acme.example", PASSWORD, organization="acme", ui_locales="ja")
    ann.refresh_from_db()
    assert ann.language == "ja"
    owe_notice(NoticeKind.PASSWORD_CHANGED, ann, actor=ANONYMOUS)
    send_notice(SecurityNotice.objects.get(kind=NoticeKind.PASSWORD_CHANGED).pk)
    letter = mailbox.wait_for("ann@acme.example")
    assert "パスワードが変更されました" in letter["Subject"]
    assert english(body_text(letter)) == []
