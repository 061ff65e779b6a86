"""Accepting a logo: a bitmap is decoded and encoded again by us, an SVG is checked element by element. Pure.

Nothing of a bitmap's file survives but its pixels: no metadata, no trailing data, no second format hidden in it.
"""

import io
import struct
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from tenants.errors import ValidationFailed
from tenants.services.svg import clean_svg

MAX_BYTES = 1024 * 1024
# A small file can unpack to gigabytes; the header tells the size before anything is decoded.
MAX_PIXELS = 16_000_000
# Shown at 40 px; this is sharp on any screen, also in print.
MAX_SIDE = 1024
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
# What Pillow's decoders raise for damaged or hostile files; it documents no common base class.
_DECODING_ERRORS = (
    UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, struct.error,
)  # fmt: skip


@dataclass(frozen=True)
class Logo:
    """A logo that is safe to keep and serve."""

    content: bytes
    media_type: str


def clean_logo(data: bytes) -> Logo:
    """Return what to keep of an uploaded logo.

    Args:
        data: a PNG, JPEG, WebP, GIF (its first picture) or SVG file.

    Returns:
        A PNG of at most 1024 px a side, or the SVG without comments and editors' metadata.

    Raises:
        ValidationFailed: too large, not an image, or an SVG with anything in it that does more than draw.
    """
    if len(data) > MAX_BYTES:
        raise _refused(_("The file is larger than 1 MB."))
    if not data:
        raise _refused(_("The file is empty."))
    if _looks_like_svg(data):
        return Logo(clean_svg(data), "image/svg+xml")
    return Logo(_encode_again(data), "image/png")


def _looks_like_svg(data: bytes) -> bool:
    return data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _encode_again(data: bytes) -> bytes:
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise _too_many_pixels()
        # PNG and WebP carry checksums or need a second pass: `verify` consumes the file, so it is opened again.
        image.verify()
        decoded: Image.Image = Image.open(io.BytesIO(data), formats=_FORMATS)
        decoded.load()
        decoded = ImageOps.exif_transpose(decoded).convert("RGBA")
        decoded.thumbnail((MAX_SIDE, MAX_SIDE))
        # A new image takes the pixels alone; metadata would otherwise ride along in `info`.
        fresh = Image.new("RGBA", decoded.size)
        fresh.paste(decoded)
        output = io.BytesIO()
        fresh.save(output, "PNG", optimize=True)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        # Pillow has a limit of its own, above ours, and looks at it before we can.
        raise _too_many_pixels() from error
    except _DECODING_ERRORS as error:
        raise _refused(_("This is not a PNG, JPEG, WebP, GIF or SVG image, or it is damaged.")) from error
    return output.getvalue()


def _too_many_pixels() -> ValidationFailed:
    return _refused(_("The picture has more than 16 million pixels."))


def _refused(message: str) -> ValidationFailed:
    return ValidationFailed(message, fields={"logo": message})
