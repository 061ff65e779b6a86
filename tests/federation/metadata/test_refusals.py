"""What people give us instead of metadata is called what it is; what is dangerous is not looked into."""

import json
import socket

import pytest

from federation.metadata import MetadataError, build, parse
from federation.metadata.reading import MOST_ELEMENTS, MOST_LEVELS
from federation.metadata.source import MOST_BYTES
from tests.support.certificates import base64_of, certificate, pem
from tests.support.metadata import DAY, ENTITY_ID, METADATA, NOW, codes, entities, entity, parsed, role

GOOD = entity(role())
SP = '<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"/>'
CERTIFICATE = certificate("idp", not_before=NOW - DAY, not_after=NOW + DAY)
DISCOVERY = {"issuer": "https://login.example.com", "authorization_endpoint": "https://login.example.com/authorize"}
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>' + GOOD
BROWSER = "This XML file does not appear to have any style information associated with it. The document tree is shown"

REFUSED: list[tuple[str, str | bytes]] = [
    ("empty", b""),
    ("empty", " \r\n\t"),
    ("empty", b"\xef\xbb\xbf"),
    ("html", "<!DOCTYPE html><html><body>Sign in</body></html>"),
    ("html", "\n<HTML><HEAD></HEAD></HTML>"),
    ("html", '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>'),
    ("browser_view", BROWSER + " below.\n" + GOOD),
    ("oidc_discovery", json.dumps(DISCOVERY)),
    ("json", "{}"),
    ("json", "[1]"),
    ("json", '{"issuer": 1}'),
    ("not_xml", '{"issuer": '),
    ("not_xml", "[" * 100_000),
    ("not_xml", "https://idp.example.com/metadata and more"),
    ("not_xml", b"PK\x03\x04\x14\x00\x08"),
    ("not_xml", b"\xff\xd8\xff\xe0"),
    ("url_pasted", "https://idp.example.com/metadata\n"),
    ("certificate_pasted", pem(CERTIFICATE)),
    ("certificate_pasted", base64_of(CERTIFICATE)),
    ("private_key_pasted", pem(CERTIFICATE) + "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----"),
    ("encoding", b'<?xml version="1.0" encoding="UTF-8"?><a>caf\xe9</a>'),
    ("encoding", b"\xff\xfe<\x00a"),
    ("not_metadata", '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>'),
    ("not_metadata", "<rss/>"),
    ("wrong_namespace", "<EntityDescriptor/>"),
    ("wrong_namespace", GOOD.replace(METADATA, "urn:oasis:names:tc:SAML:1.0:metadata")),
    ("wrong_namespace", entity('<IDPSSODescriptor xmlns="urn:example:other"/>')),
    ("truncated", GOOD[:-30]),
    ("truncated", GOOD[: len(GOOD) // 2]),
    ("malformed", GOOD.replace("</md:IDPSSODescriptor>", "</md:IDPSSO>")),
    ("malformed", GOOD + "<more/>"),
    ("malformed", GOOD.replace("https://idp.example.com/saml", "a&b;")),
    ("malformed", GOOD.replace("<md:IDP", "\x01<md:IDP", 1)),
    ("doctype", "<!DOCTYPE md:EntityDescriptor>" + GOOD),
    ("doctype", BOMB),
    ("doctype", '<?xml version="1.0"?><!-- a --><!DOCTYPE x SYSTEM "file:///etc/passwd">' + GOOD),
    ("too_large", b" " * (MOST_BYTES + 1)),
    ("too_deep", entity("<a>" * MOST_LEVELS + "</a>" * MOST_LEVELS)),
    ("too_many_elements", entity("<a/>" * MOST_ELEMENTS)),
    ("sp_metadata", entity(SP)),
    ("own_metadata", entity(SP, entity_id="urn:amazon:cognito:sp:eu-west-1_0123abcDE")),
    ("own_metadata", entity(role(), entity_id="urn:amazon:cognito:sp:eu-west-1_0123abcDE")),
    ("no_identity_provider", entity("")),
    ("no_identity_provider", entities("")),
    ("no_identity_provider", entity(f"<md:Extensions>{entity(role())}</md:Extensions>")),
    ("no_identity_provider", entities(f"<md:Extensions>{entity(role())}</md:Extensions>")),
    ("entity_id_missing", entity(role(), entity_id=" ")),
    ("entity_id_invalid", entity(role(), entity_id="https://idp.example.com/a b")),
    ("entity_id_invalid", entity(role(), entity_id="x" * 1025)),
]


@pytest.mark.parametrize(
    ("code", "given"), REFUSED, ids=[f"{number}-{code}" for number, (code, _) in enumerate(REFUSED)]
)
def test_what_is_not_metadata_is_called_what_it_is(code: str, given: str | bytes) -> None:
    with pytest.raises(MetadataError) as refused:
        parse(given.encode() if isinstance(given, str) else given, now=NOW)
    assert refused.value.code == code
    assert refused.value.message
    assert refused.value.remedy
    assert "{" not in refused.value.message + refused.value.remedy


def test_a_discovery_document_leads_to_its_issuer() -> None:
    with pytest.raises(MetadataError) as refused:
        parse(json.dumps(DISCOVERY).encode(), now=NOW)
    assert "https://login.example.com" in refused.value.remedy


def test_where_xml_is_broken_is_told() -> None:
    broken = f'<EntityDescriptor xmlns="{METADATA}">\n<a>\n  <b></c>\n</a></EntityDescriptor>'
    with pytest.raises(MetadataError, match="line 3, column"):
        parse(broken.encode(), now=NOW)


def test_an_external_entity_is_not_asked_for() -> None:
    """A real server stands where the declaration points, and nobody comes."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.dtd"
        for declaration in (f'SYSTEM "{address}"', f'[<!ENTITY % x SYSTEM "{address}"> %x;]'):
            with pytest.raises(MetadataError) as refused:
                parse(f"<!DOCTYPE md {declaration}>{GOOD}".encode(), now=NOW)
            assert refused.value.code == "doctype"
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xef\xbb\xbf" + GOOD.encode(), {"byte_order_mark"}),
        (GOOD.encode("utf-16"), {"utf16"}),
        (b"\xfe\xff" + GOOD.encode("utf-16-be"), {"utf16"}),
        (GOOD.encode("utf-16-le"), {"utf16"}),
        (f'<?xml version="1.0" encoding="utf-16"?>{GOOD}'.encode("utf-16"), {"utf16"}),
        (f'<?xml version="1.0" encoding="utf-16"?>{GOOD}'.encode(), set()),
        (f'  \n<?xml version="1.0" encoding="UTF-8"?>\n{GOOD}\n\n'.encode(), set()),
        (f'<?xml version="1.0" encoding="ISO-8859-1"?><!-- caf\xe9 -->{GOOD}'.encode("latin-1"), set()),
        (f'<?xml version="1.0" encoding="x-unknown"?>{GOOD}'.encode(), set()),
    ],
)
def test_encodings_are_read_and_told(data: bytes, said: set[str]) -> None:
    result = parsed(data)
    assert codes(result) == said
    assert result.document == parsed(GOOD).document


def test_a_comment_does_not_cut_an_entity_id_or_an_address() -> None:
    """Readers that take the text up to a comment see another name than was signed (CVE-2017-11427 and its kin)."""
    formats = "<md:NameIDFormat>urn:a<!-- b -->:c</md:NameIDFormat>"
    assert parsed(entity(role(extensions=formats))).name_id_formats == ("urn:a:c",)


@pytest.mark.parametrize("entity_id", ["", "  ", "a b", "x" * 1025, "a\x00b", "urn:amazon:cognito:sp:eu-west-1_a"])
def test_field_by_field_needs_a_usable_entity_id(entity_id: str) -> None:
    with pytest.raises(MetadataError):
        build(entity_id, "https://idp.example.com/sso", "", [pem(CERTIFICATE)], now=NOW)


def test_field_by_field_makes_the_same_document() -> None:
    from_file = parsed(GOOD)
    entered = build(f" {ENTITY_ID} ", from_file.sso_url + "\n", "", [from_file.certificates[0].pem], now=NOW)
    assert entered == from_file
