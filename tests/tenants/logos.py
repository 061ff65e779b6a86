"""Pictures to upload."""

import io

from PIL import Image


def picture(format_name: str = "PNG", size: tuple[int, int] = (120, 40), **options: object) -> bytes:
    """Return a picture in a format that Pillow writes."""
    output = io.BytesIO()
    Image.new("RGB", size, "#0f766e").save(output, format_name, **options)
    return output.getvalue()


def png() -> bytes:
    """Return a small PNG."""
    return picture()


def svg(inside: str = '<rect width="10" height="10" fill="#0f766e"/>', attributes: str = "") -> bytes:
    """Return an SVG with something in it."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" {attributes}>{inside}</svg>'.encode()
