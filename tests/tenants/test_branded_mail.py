"""A text as HTML in a tenant's frame: what stands out, what is a link, and that nothing of it is markup."""

import re
from html import unescape

from django.conf import settings

from tenants.branded_mail import Letter, branded_mail
from tenants.models import Branding
from tests.tenants.logos import png

OURS = "https://signin.example/acme/account"


def html_of(text: str, *, brand: Branding | None = None, link: str = "", label: str = "", code: str = "") -> str:
    """The HTML of a mail with a text."""
    letter = Letter(to="ann@acme.example", subject="A subject", text=text, link=link, label=label, code=code)
    mail = branded_mail(brand or Branding(display_name="Acme"), letter)
    assert mail.body == text
    ((content, kind),) = mail.alternatives
    assert kind == "text/html"
    return str(content)


def paragraphs(html: str) -> list[str]:
    """What is read in the paragraphs of a mail, on one line each."""
    found = re.findall(r"<p\b[^>]*>(.*?)</p>", html, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", inner)).split()) for inner in found]


def links(html: str) -> list[str]:
    return [unescape(address) for address in re.findall(r'href="([^"]*)"', html)]


def test_the_text_is_in_paragraphs_between_the_senders_names() -> None:
    foot = f"Sent for Acme by {settings.PRODUCT_NAME}."
    expected = ["Acme", "One.", "Two, and more.", foot]
    assert paragraphs(html_of("One.\n\n\nTwo,\nand more.\n\nAcme\n")) == expected
    assert paragraphs(html_of(f"One.\n\nTwo,\nand more.\n \n{settings.PRODUCT_NAME}\n")) == expected


def test_only_our_own_link_is_one() -> None:
    html = html_of(f"https://evil.example is <a href='https://evil.example'>here</a>: {OURS}, or {OURS}.", link=OURS)
    assert links(html) == [OURS, OURS]
    assert "&lt;a href=" in html
    assert links(html_of("https://evil.example")) == []


def test_a_link_with_a_label_is_a_button_with_its_address_below() -> None:
    html = html_of(f"Open this:\n\n{OURS}\n\nIt works once.", link=OURS, label="Choose <it>")
    assert links(html) == [OURS]
    assert paragraphs(html)[1:-1] == [
        "Open this:",
        "Choose <it>",
        "It works once.",
        f"If the button does not work, open this address: {OURS}",
    ]


def test_a_code_has_a_line_of_its_own_that_stands_out() -> None:
    html = html_of("Enter this:\n\n    1234 5678\n\nSoon.", code="1234 5678")
    assert paragraphs(html)[1:-1] == ["Enter this:", "1234 5678", "Soon."]
    assert re.search(r'style="[^"]*28px[^"]*">1234 5678</p>', html)


def test_a_logo_that_mail_programs_do_not_show_is_the_name() -> None:
    drawn = Branding(display_name="Acme", logo=b"<svg/>", logo_type="image/svg+xml")
    assert "<img" not in html_of("Hello", brand=drawn)
    assert "cid:logo" in html_of("Hello", brand=Branding(display_name="Acme", logo=png(), logo_type="image/png"))


def test_a_logo_is_part_of_the_text_and_no_file() -> None:
    brand = Branding(display_name="Acme", logo=png(), logo_type="image/png")
    message = branded_mail(brand, Letter(to="ann@acme.example", subject="A subject", text="Hello")).message()
    kinds = ["multipart/related", "multipart/alternative", "text/plain", "text/html", "image/png"]
    parts = list(message.walk())
    assert [part.get_content_type() for part in parts] == kinds
    assert (parts[-1]["Content-ID"], parts[-1].get_content_disposition()) == ("<logo>", "inline")
