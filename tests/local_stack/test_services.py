"""The stack that this very session runs against."""

import smtplib
from email.message import EmailMessage

import pytest
from django.db import connection
from redis import Redis

from tests.support.mail import Mailbox, body_text
from tests.support.stack_plugin import Stack


@pytest.mark.django_db
def test_postgres_is_recent_utf8_and_not_entered_as_superuser() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_encoding'), rolsuper FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == ("UTF8", False)
        cursor.execute("SELECT lower('ÄÖ')")
        assert cursor.fetchone() == ("äö",)


def test_redis_answers(stack: Stack) -> None:
    with Redis.from_url(stack.addresses.redis_url) as client:
        assert client.ping()


def test_mail_is_kept_for_its_envelope_recipient(stack: Stack, mailbox: Mailbox) -> None:
    message = EmailMessage()
    message["To"], message["From"], message["Subject"] = "list@stack.example", "shop@stack.example", "Grüße"
    message.set_content("Schöne Grüße\n")
    with smtplib.SMTP("127.0.0.1", stack.ports.smtp) as client:
        client.send_message(message, to_addrs=["hidden@stack.example"])

    received = mailbox.wait_for("hidden@stack.example")

    assert received["Subject"] == "Grüße"
    assert body_text(received).rstrip() == "Schöne Grüße"
    assert mailbox.messages_to("list@stack.example") == []
