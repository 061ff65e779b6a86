"""The SMTP side, on aiosmtpd: one message in, one file in a Maildir."""

import asyncio
import mailbox
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

# Twice what the product lets anybody upload, so that a mail with a logo in it always fits.
_LARGEST_BYTES = 8 * 1024 * 1024


class MaildirHandler:
    """Keeps each accepted message, with the envelope's addresses in headers of our own.

    The envelope, and not the To header, says who gets a message (RFC 5321 section 2.3.1), so the mailbox page and the
    tests look for recipients there.
    """

    def __init__(self, maildir: mailbox.Maildir) -> None:
        self._maildir = maildir

    async def handle_DATA(  # noqa: N802  # aiosmtpd looks for this name.
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Called by aiosmtpd when a message is complete; the answer is the SMTP reply."""
        content = envelope.content
        if not isinstance(content, bytes):
            return "554 message could not be read"
        message = message_from_bytes(content, policy=policy.SMTP)
        del message["X-Envelope-From"], message["X-Envelope-To"]
        message["X-Envelope-From"] = envelope.mail_from or ""
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self._maildir.add(message.as_bytes())
        return "250 kept"


async def serve(host: str, port: int, maildir: Path, stop: asyncio.Event) -> None:
    """Accept mail until `stop` is set.

    Args:
        host: address to listen on.
        port: TCP port to listen on.
        maildir: created when it does not exist.
        stop: ends the server.
    """
    maildir.parent.mkdir(parents=True, exist_ok=True)
    handler = MaildirHandler(mailbox.Maildir(maildir, create=True))

    def connection() -> SMTP:
        return SMTP(handler, hostname="localhost", data_size_limit=_LARGEST_BYTES, enable_SMTPUTF8=True)

    server = await asyncio.get_running_loop().create_server(connection, host, port)
    async with server:
        await stop.wait()
