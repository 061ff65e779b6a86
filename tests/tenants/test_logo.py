"""What is accepted as a logo, and what is left of it."""

import io
import struct
import zlib

import pytest
from lxml import etree
from PIL import Image, PngImagePlugin

from tenants.errors import ValidationFailed
from tenants.services.logo import MAX_BYTES, clean_logo
from tests.tenants.logos import picture, png, svg

XLINK = 'xmlns:xlink="http://www.w3.org/1999/xlink"'


def bomb() -> bytes:
    """Return a PNG of a few kilobytes that says it is 50,000 pixels wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 50_000, 50_000, 1, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("format_name", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_bitmap_comes_out_as_a_png_of_its_own(format_name: str) -> None:
    logo = clean_logo(picture(format_name))
    assert logo.media_type == "image/png"
    with Image.open(io.BytesIO(logo.content)) as image:
        assert (image.format, image.size) == ("PNG", (120, 40))


def test_nothing_but_the_pixels_survives() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "taken at 52.5200 N, 13.4050 E")
    dirty = picture("PNG", pnginfo=notes) + b"<script>alert(1)</script>"
    content = clean_logo(dirty).content
    assert b"52.5200" not in content
    assert b"script" not in content
    exif = Image.Exif()
    exif[0x010E] = "secret description"
    assert b"secret" not in clean_logo(picture("JPEG", exif=exif)).content


def test_a_photograph_is_turned_the_way_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.open(io.BytesIO(clean_logo(picture("JPEG", exif=exif)).content)) as image:
        assert image.size == (40, 120)


def test_a_large_picture_is_made_smaller() -> None:
    with Image.open(io.BytesIO(clean_logo(picture("PNG", size=(3000, 1000))).content)) as image:
        assert image.size == (1024, 341)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"\0" * (MAX_BYTES + 1), "1 MB"),
        (b"not an image", "not a PNG"),
        (png()[:60], "not a PNG"),
        (picture("BMP"), "not a PNG"),
        (picture("TIFF"), "not a PNG"),
        (b"%PDF-1.7 ...", "not a PNG"),
        (bomb(), "16 million"),
        (picture("PNG", size=(5000, 4000)), "16 million"),
        (b"<html><script>alert(1)</script></html>", "not an SVG"),
    ],
)
def test_what_is_no_logo_is_refused_with_the_reason(data: bytes, why: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        clean_logo(data)
    assert why in refused.value.fields["logo"]


def test_a_bomb_beyond_pillows_own_limit_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(ValidationFailed):
        clean_logo(png())


@pytest.mark.parametrize(
    "data",
    [
        svg(),
        svg('<g style="fill:#fff;stroke:rgb(1,2,3)"><path d="M0 0h10"/></g>'),
        svg("<style>.a{fill:#0f766e}</style><circle class='a' cx='5' cy='5' r='4'/>"),
        svg('<defs><linearGradient id="g"><stop offset="0"/></linearGradient></defs><rect fill="url(#g)" width="9"/>'),
        svg(f'<linearGradient {XLINK} id="b" xlink:href="#a"/><rect style="fill: url(#b)" width="9"/>'),
        svg('<clipPath id="c"><rect width="5" height="5"/></clipPath><rect clip-path="url(#c)" width="9"/>'),
        b"\xef\xbb\xbf" + svg(),
        b'<?xml version="1.0" encoding="UTF-8"?>' + svg(),
    ],
)
def test_an_svg_that_only_draws_is_kept(data: bytes) -> None:
    logo = clean_logo(data)
    assert logo.media_type == "image/svg+xml"
    assert etree.fromstring(logo.content).tag.endswith("svg")


def test_comments_and_editors_notes_are_dropped() -> None:
    inkscape = 'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:version="1.3"'
    inside = '<!-- Jane, version 3 --><metadata>Jane</metadata><inkscape:grid/><rect inkscape:label="x" width="9"/>'
    content = clean_logo(svg(inside, inkscape)).content
    assert b"Jane" not in content
    assert b"inkscape" not in content
    assert b"rect" in content


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (svg("<script>alert(1)</script>"), "<script>"),
        (svg("<SCRIPT>alert(1)</SCRIPT>"), "<SCRIPT>"),
        (svg('<rect onclick="alert(1)"/>'), "event handler (onclick)"),
        (svg(attributes='onload="alert(1)"'), "event handler (onload)"),
        (svg("<foreignObject><p>hello</p></foreignObject>"), "<foreignObject>"),
        (svg('<image href="https://tracker.example/p.png"/>'), "<image>"),
        (svg('<a href="javascript:alert(1)"><rect/></a>'), "<a>"),
        (svg(f'<use {XLINK} xlink:href="#a"/>'), "<use>"),
        (svg('<animate attributeName="href"/>'), "<animate>"),
        (svg('<set attributeName="onload" to="alert(1)"/>'), "<set>"),
        (svg('<linearGradient href="https://evil.example/#g"/>'), "outside the file"),
        (svg('<rect href="#x"/>'), "outside the file"),
        (svg('<rect fill="url(https://evil.example/#g)"/>'), "url()"),
        (svg('<rect style="fill:url(https://evil.example/a)"/>'), "url()"),
        (svg('<rect style="fill:url(#a);background:URL( //evil.example )"/>'), "url()"),
        (svg('<rect style="fill:u\\72l(https://evil.example/a)"/>'), "escape"),
        (svg("<style>@import 'https://evil.example/a.css';</style>"), "@-rule"),
        (svg("<style>a{background:url(//evil.example)}</style>"), "url()"),
        (svg('<style>a{background:image-set("//evil.example" 1x)}</style>'), "image-set()"),
        (svg('<rect style="width:expression(alert(1))"/>'), "expression()"),
        (svg("<style>a{}<rect/>@import 'x';</style>"), "holds elements"),
        (svg('<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>'), "<script>"),
        (svg('<rect filter="url(#f)"/>'), "filter"),
        (svg('<mask id="m"><rect mask="url(#m)"/></mask>'), "within one another"),
        (svg('<clipPath id="m" style="clip-path:url(#m)"/>'), "within one another"),
        (b'<!DOCTYPE svg SYSTEM "https://evil.example/x.dtd">' + svg(), "document type"),
        (b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + svg("<text>&x;</text>"), "document type"),
        (svg("<text>&x;</text>"), "well-formed"),
        (svg("<rect>"), "well-formed"),
        (svg("<g>" * 60 + "</g>" * 60), "too complicated"),
        (svg("<g/>" * 5001), "too complicated"),
        (b'<?xml version="1.0" encoding="UTF-16"?>' + svg().decode().encode("utf-16"), "UTF-8"),
        (b"<svg></svg>", "not an SVG"),
    ],
)
def test_an_svg_that_does_more_is_refused_and_told_why(data: bytes, why: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        clean_logo(data)
    assert why in refused.value.fields["logo"]


def test_an_entity_bomb_costs_nothing() -> None:
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    with pytest.raises(ValidationFailed):
        clean_logo(bomb.encode() + svg("<text>&b;</text>"))
