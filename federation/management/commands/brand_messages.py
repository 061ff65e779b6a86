"""Collect the texts of end users' pages and mails, and compile their translations."""

from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import Any

from django.conf import settings
from django.core.management import CommandParser, call_command
from django.core.management.commands import makemessages

# Where texts come from that an end user may read. All else is the dashboard's, which is in English.
SOURCES = (
    "templates/base.html",
    "templates/brand/*",
    "templates/django/*",
    "templates/mail/*",
    "templates/federation/*",
    "templates/components/callout.html",
    "templates/components/code.html",
    "templates/components/confirm.html",
    "templates/components/copy*.html",
    "templates/components/enrol.html",
    "templates/components/form_errors.html",
    "templates/components/passkey_error.html",
    "templates/components/secret.html",
    "templates/components/toasts.html",
    "templates/components/who.html",
    "config/templatetags/ui.py",
    "federation/account/*",
    "federation/devices.py",
    "federation/models/account_request.py",
    "federation/models/auth_event.py",
    "federation/passwords.py",
    "federation/provider/*",
    "federation/services/attempt_limits.py",
    "federation/services/attempts.py",
    "federation/services/email_changes.py",
    "federation/services/link_notices.py",
    "federation/services/organisation_mail.py",
    "federation/services/own_*.py",
    "federation/services/password_reset.py",
    "federation/services/requests.py",
    "federation/services/security_notices.py",
    "federation/services/session_ends.py",
    "federation/services/sessions.py",
    "federation/services/sign_up.py",
    "federation/services/unlinking.py",
    "federation/signin/*",
    "federation/templatetags/*",
    "identity/messages/*",
    "identity/password_validators.py",
    "identity/password_words.py",
    "identity/services/acceptance.py",
    "identity/services/invitation_mail.py",
    "tenants/factors.py",
    "tenants/first_factors.py",
)
NOT_THEIRS = ("templates/federation/dashboard/*",)


class Command(makemessages.Command):
    """`makemessages` on what end users read, followed by `compilemessages`. Needs GNU gettext on the PATH."""

    # A guess at a translation is worse than none, which a test finds.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching"]
    help = "Collect the texts of end users' pages and mails into federation/locale, and compile their translations."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take no choices beside Django's own."""
        super().add_arguments(parser)
        # No line numbers: a catalog changes when a text does.
        languages = [code for code, _name in settings.BRAND_LANGUAGES if code != settings.LANGUAGE_CODE]
        parser.set_defaults(locale=languages, no_obsolete=True, add_location="file", no_wrap=True)

    def handle(self, *args: Any, **options: Any) -> None:
        """Collect, then compile what was translated."""
        super().handle(*args, **options)
        for catalog in settings.LOCALE_PATHS[0].glob("*/LC_MESSAGES/django.po"):
            # A time of collecting would change each catalog each time, whether or not a text changed.
            lines = catalog.read_text().splitlines(keepends=True)
            catalog.write_text("".join(line for line in lines if not line.startswith('"POT-Creation-Date')))
        call_command("compilemessages", locale=options["locale"], ignore_patterns=[".*"], verbosity=0)

    def find_files(self, root: str) -> list[makemessages.TranslatableFile]:
        """Return those of the files below `root` that end users read."""
        found: list[makemessages.TranslatableFile] = super().find_files(root)
        return [file for file in found if is_read(PurePosixPath(file.path).as_posix().removeprefix("./"))]


def is_read(path: str) -> bool:
    """Say whether end users read texts of a file, by its path from the repository's root."""
    return any(fnmatch(path, source) for source in SOURCES) and not any(fnmatch(path, other) for other in NOT_THEIRS)
