"""Django's entry for the mailbox page."""

from django.apps import AppConfig


class MailboxConfig(AppConfig):
    """No models: the mail is in a Maildir."""

    name = "local.mailbox"
