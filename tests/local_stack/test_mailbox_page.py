"""The mailbox page at /local/mail."""

import smtplib
import uuid
from base64 import b64encode
from email.message import EmailMessage

import pytest
from django.core.checks.urls import check_resolver
from django.test import Client
from django.urls import get_resolver, reverse

from local.mailbox.maildir import Summary, list_messages
from tests.support.mail import Mailbox
from tests.support.stack_plugin import Stack

pytestmark = pytest.mark.django_db


def send(
    stack: Stack, mailbox: Mailbox, *, subject: str, html: str = "", attachment: bytes = b"", picture: bytes = b""
) -> str:
    """Send one mail to an address that no other test has, and return the address once it has arrived."""
    recipient = f"{uuid.uuid4().hex}@mailbox.example"
    message = EmailMessage()
    message["To"], message["From"], message["Subject"] = recipient, "no-reply@mailbox.example", subject
    message.set_content("Open https://dashboard.example/join?token=abc&step=1 to begin.\n")
    if html:
        message.add_alternative(html, subtype="html")
    if picture and (part := message.get_body(("html",))):
        part.add_related(picture, maintype="image", subtype="png", cid="<logo>")
    if attachment:
        message.add_attachment(attachment, maintype="text", subtype="csv", filename="users.csv")
    with smtplib.SMTP("127.0.0.1", stack.ports.smtp) as client:
        client.send_message(message)
    mailbox.wait_for(recipient)
    return recipient


def only_message(stack: Stack, recipient: str) -> Summary:
    (summary,) = list_messages(stack.maildir, recipient)
    return summary


def test_list_is_newest_first_and_escapes_what_was_sent(client: Client, stack: Stack, mailbox: Mailbox) -> None:
    mailbox.clear()
    send(stack, mailbox, subject="First <script>alert(1)</script>")
    send(stack, mailbox, subject="Second")

    page = client.get(reverse("local_mail")).content.decode()

    assert "<script>alert(1)" not in page
    assert 0 < page.index("Second") < page.index("First &lt;script&gt;")


def test_search_finds_by_part_of_the_recipient_in_any_case(client: Client, stack: Stack, mailbox: Mailbox) -> None:
    wanted = send(stack, mailbox, subject="For you")
    send(stack, mailbox, subject="For somebody else")

    page = client.get(reverse("local_mail"), {"q": wanted[:20].upper()}).content.decode()

    assert "For you" in page
    assert "For somebody else" not in page


def test_search_without_a_hit_says_so(client: Client, stack: Stack, mailbox: Mailbox) -> None:
    send(stack, mailbox, subject="Something")

    page = client.get(reverse("local_mail"), {"q": "nobody@nowhere.example"}).content.decode()

    assert "No mail for this recipient" in page


def test_message_shows_text_with_working_links_and_attachments(client: Client, stack: Stack, mailbox: Mailbox) -> None:
    recipient = send(stack, mailbox, subject="Join", attachment=b"email\nada@acme.example\n")

    page = client.get(reverse("local_mail_message", args=[only_message(stack, recipient).key])).content.decode()

    assert 'href="https://dashboard.example/join?token=abc&amp;step=1"' in page
    assert "users.csv (text/csv, 23\xa0bytes)" in page
    assert "<iframe" not in page


def test_html_is_shut_in(client: Client, stack: Stack, mailbox: Mailbox) -> None:
    html = "<p>Hello</p><script>parent.stolen = 1</script>"
    key = only_message(stack, send(stack, mailbox, subject="Hello", html=html)).key

    page = client.get(reverse("local_mail_message", args=[key]))
    framed = client.get(reverse("local_mail_html", args=[key]))

    assert "parent.stolen" not in page.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert "<p>Hello</p>" in framed.content.decode()
    policy = framed["Content-Security-Policy"]
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert framed["X-Frame-Options"] == "SAMEORIGIN"


def test_a_picture_that_came_along_is_shown(client: Client, stack: Stack, mailbox: Mailbox) -> None:
    html = '<img src="cid:logo" alt="Acme"><img src="cid:other" alt="">'
    key = only_message(stack, send(stack, mailbox, subject="Hello", html=html, picture=b"a picture")).key
    framed = client.get(reverse("local_mail_html", args=[key])).content.decode()
    assert f'<img src="data:image/png;base64,{b64encode(b"a picture").decode()}" alt="Acme">' in framed
    assert '"cid:other"' in framed


@pytest.mark.parametrize("key", ["unknown", "..", "%2e%2e%2fcur"])
def test_unknown_key_is_not_found(client: Client, key: str) -> None:
    assert client.get(f"/local/mail/{key}").status_code == 404
    assert client.get(f"/local/mail/{key}/html").status_code == 404


def test_nothing_is_said_against_the_addresses_of_a_local_stack() -> None:
    """Each command that loads them would say it again."""
    assert check_resolver(get_resolver("local.urls")) == []
