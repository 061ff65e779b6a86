"""Reads the Maildir that the SMTP sink (`local.mail`) fills."""

import mailbox
import os
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import getaddresses
from pathlib import Path


@dataclass(frozen=True)
class Summary:
    """One line of the list. `key` names the message in the Maildir; `recipients` are those of the envelope."""

    key: str
    subject: str
    sender: str
    recipients: tuple[str, ...]
    received_at: datetime


@dataclass(frozen=True)
class Attachment:
    """What a message carries besides its text. `size` is in bytes, decoded."""

    name: str
    content_type: str
    size: int


@dataclass(frozen=True)
class Message:
    """A whole message; `text` and `html` are empty where it has no such part."""

    summary: Summary
    text: str
    html: str
    attachments: tuple[Attachment, ...]


def mail_folder() -> Path:
    """The Maildir that whoever started the stack chose."""
    return Path(os.environ["LOCAL_MAIL_DIR"])


def list_messages(folder: Path, recipient: str = "") -> list[Summary]:
    """The messages, newest first.

    Args:
        folder: the Maildir.
        recipient: a part of an address, in any case; empty for all messages.
    """
    maildir = mailbox.Maildir(folder, create=False)
    summaries = [_summary(maildir, key) for key in maildir.keys()]  # noqa: SIM118  # A Maildir iterates over messages.
    wanted = recipient.strip().lower()
    matching = [one for one in summaries if any(wanted in address for address in one.recipients)]
    return sorted(matching, key=lambda one: (one.received_at, one.key), reverse=True)


def load_message(folder: Path, key: str) -> Message:
    """One message.

    Raises:
        KeyError: there is none of this key.
    """
    maildir = mailbox.Maildir(folder, create=False)
    parsed = _parse(maildir.get_bytes(key))
    return Message(
        summary=_summary(maildir, key),
        text=_body(parsed, "plain"),
        html=_with_pictures(_body(parsed, "html"), parsed),
        attachments=tuple(_attachment(part) for part in parsed.iter_attachments()),
    )


def _summary(maildir: mailbox.Maildir, key: str) -> Summary:
    parsed = _parse(maildir.get_bytes(key), headers_only=True)
    return Summary(
        key=key,
        subject=str(parsed["Subject"] or ""),
        sender=str(parsed["From"] or parsed["X-Envelope-From"] or ""),
        recipients=tuple(
            address.lower() for _, address in getaddresses([str(parsed["X-Envelope-To"] or "")]) if address
        ),
        received_at=datetime.fromtimestamp(maildir.get_message(key).get_date(), UTC),
    )


def _parse(content: bytes, *, headers_only: bool = False) -> EmailMessage:
    return BytesParser(policy=default).parsebytes(content, headersonly=headers_only)


def _body(parsed: EmailMessage, kind: str) -> str:
    part = parsed.get_body(preferencelist=(kind,))
    return "" if part is None else str(part.get_content())


def _with_pictures(html: str, parsed: EmailMessage) -> str:
    """Put the pictures that came along where the HTML names them (RFC 2392), as mail programs do."""
    for part in parsed.walk():
        name, content = str(part["Content-ID"] or "").strip("<>"), part.get_payload(decode=True)
        if name and part.get_content_maintype() == "image" and isinstance(content, bytes):
            picture = f"data:{part.get_content_type()};base64,{b64encode(content).decode()}"
            html = html.replace(f'"cid:{name}"', f'"{picture}"')
    return html


def _attachment(part: EmailMessage) -> Attachment:
    content = part.get_payload(decode=True)
    size = len(content) if isinstance(content, bytes) else 0
    return Attachment(part.get_filename() or "unnamed", part.get_content_type(), size)
