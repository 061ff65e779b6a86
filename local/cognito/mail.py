"""Letters to people: invitations and codes, sent by SMTP once the operation is committed."""

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from html.parser import HTMLParser

from local.cognito.errors import ServiceError

SENDER = "no-reply@verificationemail.com"
_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Letter:
    """An e-mail: HTML as Cognito sends it."""

    to: str
    subject: str
    html: str


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


class Post:
    """An SMTP server to hand letters to; without an address every letter fails."""

    def __init__(self, address: tuple[str, int] | None) -> None:
        self._address = address

    def send(self, letter: Letter) -> None:
        """Deliver one letter, or raise CodeDeliveryFailureException (B:CodeDeliveryFailureException)."""
        if self._address is None:
            raise _undelivered("This local Cognito was started without --smtp.")
        try:
            with smtplib.SMTP(*self._address, timeout=_TIMEOUT_SECONDS) as server:
                server.send_message(_message(letter))
        except (OSError, smtplib.SMTPException) as error:
            raise _undelivered(f"The letter was not taken: {error}") from error


def _undelivered(message: str) -> ServiceError:
    """Letters go out after the commit, so the change stands although the answer is an error."""
    return ServiceError("CodeDeliveryFailureException", message, keep_changes=True)


def _message(letter: Letter) -> EmailMessage:
    text = _Text()
    text.feed(letter.html)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, letter.to, letter.subject
    message.set_content("".join(text.parts))
    message.add_alternative(letter.html, subtype="html")
    return message
