"""Mails to people that wear their tenant's brand: a text, and the same as HTML in a frame of logo and colors."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.mime.image import MIMEImage
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from tenants.colours import text_on
from tenants.models import Branding

_LOGO = "logo"
_BLANK_LINE = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Letter:
    """What a mail says, before it wears a brand.

    Names that people chose may be in the text: nothing of it is markup, and nothing but `link` becomes a link.

    Args:
        to: the address.
        subject: of the mail.
        text: the mail as plain text, with a blank line between paragraphs.
        heading: over the text; empty for the subject.
        code: what is to be entered somewhere. Where it is a paragraph of the text, it stands out.
        link: an address of ours in the text.
        label: makes a button of that, which says this; the address is then under the text.
    """

    to: str
    subject: str
    text: str
    heading: str = ""
    code: str = ""
    link: str = ""
    label: str = ""


def branded_mail(
    branding: Branding, letter: Letter, *, template: str = "mail/letter.html", facts: Mapping[str, Any] | None = None
) -> EmailMultiAlternatives:
    """Make a mail that wears a brand, in the language that is active.

    Args:
        branding: whose.
        letter: what the mail says.
        template: makes the HTML, and extends `mail/frame.html`.
        facts: what the template needs beside the letter.
    """
    html = branded_html(branding, letter, template=template, facts=facts, logo_address=f"cid:{_LOGO}")
    mail = _Mail(subject=letter.subject, body=letter.text, to=[letter.to])
    mail.attach_alternative(html, "text/html")
    if _shows_logo(branding):
        mail.attach(_inline_image(bytes(branding.logo)))
    return mail


def branded_html(
    branding: Branding,
    letter: Letter,
    *,
    logo_address: str,
    template: str = "mail/letter.html",
    facts: Mapping[str, Any] | None = None,
) -> str:
    """Make the HTML of a mail that wears a brand, in the language that is active, for whoever sends it.

    Args:
        branding: whose.
        letter: what the mail says.
        logo_address: where mail programs find the logo, if there is one that they show.
        template: as in `branded_mail`.
        facts: as in `branded_mail`.
    """
    context = {
        **(facts or {}),
        "brand": branding,
        "letter": letter,
        "paragraphs": _paragraphs(branding, letter),
        "accent_text": text_on(branding.accent),
        "foot_text": text_on(branding.background),
        "logo_address": logo_address if _shows_logo(branding) else "",
        "product_name": settings.PRODUCT_NAME,
    }
    return render_to_string(template, context)


def _shows_logo(branding: Branding) -> bool:
    """Say whether mail programs show the logo. SVG they do not; there the name stands for it."""
    return branding.logo_type == "image/png" and bool(branding.logo)


class _Mail(EmailMultiAlternatives):
    """A mail whose attached picture belongs to its text (RFC 2387) and is not offered as a file."""

    mixed_subtype = "related"


def _paragraphs(branding: Branding, letter: Letter) -> list[tuple[str, list[str]]]:
    """Return each paragraph whole, and in parts between which the link stands.

    The sender's name at the end is left out: the foot of the frame has it.
    """
    found = [paragraph.strip() for paragraph in _BLANK_LINE.split(letter.text.strip())]
    if found[-1] in (branding.display_name, settings.PRODUCT_NAME):
        found.pop()
    return [(paragraph, paragraph.split(letter.link) if letter.link else [paragraph]) for paragraph in found]


def _inline_image(content: bytes) -> MIMEImage:
    image = MIMEImage(content, "png")
    image.add_header("Content-ID", f"<{_LOGO}>")
    image.add_header("Content-Disposition", "inline", filename="logo.png")
    return image
