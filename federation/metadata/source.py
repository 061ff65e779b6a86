"""From bytes to text, and saying what the text is where it is not XML.

People give us what they find: the address instead of what is there, a web page, the browser's display of XML, a
certificate. Each is recognised by its beginning and gets its own words; nothing of the content is repeated.
"""

import codecs
import json
import re

from federation.metadata.findings import finding, refusal
from federation.sayings import Finding

# A federation of 1,500 entities has about 5 MB. Larger ones publish their metadata for each entity too.
MOST_BYTES = 8 * 1024 * 1024

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]{0,200}\?>")
_DECLARED_ENCODING = re.compile(rb"""\s*<\?xml[^>]{0,150}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
# What is read beside UTF-8 and UTF-16: encodings in which a letter cannot hide a "<" of another one.
_ONE_BYTE = {"us-ascii", "ascii", "iso-8859-1", "latin1", "iso-8859-15", "windows-1252", "cp1252"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "byte_order_mark"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf16"),
)
# What Chrome, and Safari after it, writes above XML that has no style sheet.
_BROWSER_VIEW = "this xml file does not appear to have any style information"
# DER of a certificate begins with a SEQUENCE of more than 255 octets: 30 82, which is "MII" in base64.
_BARE_CERTIFICATE = re.compile(r"MII[A-Za-z0-9+/=\s]{200,}")
_ISSUER = re.compile(r"https?://[!-~]{1,200}")


def read_text(data: bytes) -> tuple[str, list[Finding]]:
    """Return XML as text without its declaration, and what is to be said about its encoding.

    Args:
        data: what was given, of any size.

    Raises:
        MetadataError: it is empty, too large, or recognisably something other than XML.
    """
    if len(data) > MOST_BYTES:
        raise refusal("too_large", limit=MOST_BYTES // (1024 * 1024))
    text, findings = _decoded(data)
    text = text.strip("\ufeff\u200b \t\r\n\x00")
    _refuse_what_is_no_xml(text)
    return _DECLARATION.sub("", text, count=1), findings


def _decoded(data: bytes) -> tuple[str, list[Finding]]:
    for mark, encoding, code in _MARKS:
        if data.startswith(mark):
            return _decode(data.removeprefix(mark), encoding), [finding(code)]
    if data.startswith((b"<\x00", b"\x00<")):
        return _decode(data, "utf-16-le" if data.startswith(b"<") else "utf-16-be"), [finding("utf16")]
    declared = _DECLARED_ENCODING.match(data[:400])
    name = declared.group(1).decode("ascii").lower() if declared else "utf-8"
    return _decode(data, name if name in _ONE_BYTE else "utf-8"), []


def _decode(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        if b"<" not in data[:1000]:
            raise refusal("not_xml") from None
        raise refusal("encoding", encoding=encoding.upper()) from None


def _refuse_what_is_no_xml(text: str) -> None:
    if not text:
        raise refusal("empty")
    start = text[:1000].lower()
    if start.startswith(_BROWSER_VIEW):
        raise refusal("browser_view")
    if start.startswith("<!doctype html") or re.search(r"<html[\s>]", start):
        raise refusal("html")
    if start.startswith("-----begin ") and "PRIVATE KEY-----" in text:
        raise refusal("private_key_pasted")
    if start.startswith("-----begin ") or _BARE_CERTIFICATE.fullmatch(text):
        raise refusal("certificate_pasted")
    if re.fullmatch(r"https?://\S+", start):
        raise refusal("url_pasted")
    if start[0] in "{[":
        _refuse_json(text)
    if not start.startswith("<"):
        raise refusal("not_xml")


def _refuse_json(text: str) -> None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise refusal("not_xml") from None
    issuer = value.get("issuer") if isinstance(value, dict) else None
    if isinstance(issuer, str) and "authorization_endpoint" in value:
        shown = issuer if _ISSUER.fullmatch(issuer) else "“issuer”"
        raise refusal("oidc_discovery", issuer=shown)
    raise refusal("json")
