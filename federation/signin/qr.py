"""The QR code from which an authenticator app takes its secret. Pure."""

import base64
from urllib.parse import quote, urlencode

import qrcode
from qrcode.image.svg import SvgPathFillImage


def totp_uri(secret: str, *, account: str, issuer: str) -> str:
    """Return the address that authenticator apps read ("Key Uri Format" of Google Authenticator).

    Args:
        secret: in base32.
        account: what the app lists the code under.
        issuer: whose code it is; a colon would end it early.
    """
    name = issuer.replace(":", " ").strip()
    parameters = urlencode({"secret": secret, "issuer": name}, quote_via=quote)
    return f"otpauth://totp/{quote(name)}:{quote(account)}?{parameters}"


def qr_data_uri(text: str) -> str:
    """Return a QR code as an SVG image in a data: address: it is in the page, and nowhere else."""
    image = qrcode.make(text, image_factory=SvgPathFillImage, box_size=10, border=2)
    return "data:image/svg+xml;base64," + base64.b64encode(image.to_string()).decode()
