"""Whatever is given, nothing leaves the parser but its own error, and a document is always what was said of it."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

from federation.metadata import Choice, MetadataError, ParsedMetadata, build, certificates, parse
from federation.metadata.findings import SAYINGS
from federation.sayings import Finding
from tests.support.metadata import BINDINGS, METADATA, NOW, SIGNATURE, entities, entity, role

SAMPLES = [path.read_bytes() for path in sorted(Path(__file__).parent.joinpath("samples").glob("*.xml"))]
# The large one is mutated too, but each example of it takes as long as ten others.
STARTS = [sample for sample in SAMPLES if len(sample) < 12_000] + [entities(entity(role()) * 2).encode()]
# Trees take twenty times as long to think up as bytes.
few = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
many = settings(max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow])

SNIPPETS = st.sampled_from(
    [
        *(
            b"<",
            b">",
            b"&",
            b"]]>",
            b"<![CDATA[",
            b"<!--",
            b"-->",
            b"<?x?>",
            b"<!DOCTYPE a>",
            b"&lt;",
            b"{",
            b"}",
            b"%s",
        ),
        *(b"&#0;", b"&#x10FFFF;", b"\x00", b"\xff", b"\xed\xa0\x80", b"\xf0\x9f\x98\x80", b"'", b'"', b"xmlns="),
        *(b' entityID=""', b' validUntil="-1"', b"<md:EntitiesDescriptor>", b"</md:EntityDescriptor>"),
        b'<?xml version="1.0" encoding="utf-7"?>',
    ]
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A sample with pieces cut out, doubled, replaced or put in, somewhere."""
    data = draw(st.sampled_from(STARTS))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(data)))
        end = min(len(data), start + draw(st.sampled_from([0, 0, 1, 2, 30, 300])))
        new = draw(st.one_of(st.just(b""), SNIPPETS, st.binary(max_size=8), st.just(data[start:end] * 2)))
        data = data[:start] + new + data[end:]
    return data


NAMES = [
    *("EntityDescriptor", "EntitiesDescriptor", "IDPSSODescriptor", "SPSSODescriptor", "KeyDescriptor", "KeyInfo"),
    *("X509Data", "X509Certificate", "NameIDFormat", "SingleSignOnService", "SingleLogoutService", "Extensions"),
]
ATTRIBUTES = [
    *("entityID", "validUntil", "Binding", "Location", "use", "protocolSupportEnumeration", "WantAuthnRequestsSigned"),
]
VALUES = [
    *("", "x", "signing", "true", "é\u2028", "urn:oasis:names:tc:SAML:2.0:protocol", "urn:amazon:cognito:sp:x"),
    *(BINDINGS + "HTTP-Redirect", "https://a.example/", "http://[::1"),
    *("2026-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"),
]


@st.composite
def trees(draw: st.DrawFn, depth: int = 0) -> str:
    """Well-formed XML of metadata's own words in any order."""
    name = draw(st.sampled_from(NAMES if depth else NAMES[:2]))
    chosen = draw(st.lists(st.sampled_from(ATTRIBUTES), unique=True, max_size=4))
    attributes = "".join(f' {key}="{draw(st.sampled_from(VALUES))}"' for key in chosen)
    space = draw(st.sampled_from([METADATA] * 6 + [SIGNATURE, ""]))
    inside = "".join(draw(st.lists(trees(depth + 1), max_size=3))) if depth < 5 else ""
    return f'<{name} xmlns="{space}"{attributes}>{draw(st.sampled_from(VALUES))}{inside}</{name}>'


def known(error: MetadataError) -> None:
    assert error.code in SAYINGS
    assert error.message
    assert error.remedy


def check(data: bytes, entity_id: str = "") -> None:
    try:
        result = parse(data, entity_id=entity_id, now=NOW)
    except MetadataError as error:
        known(error)
        return
    if isinstance(result, Choice):
        assert result.total > 1
        return
    consistent(result)


def consistent(result: ParsedMetadata) -> None:
    assert all(finding.message and finding.remedy for finding in result.findings)
    assert bool(result.document) is not bool(result.errors)
    if result.document:
        again = parse(result.document.encode(), now=NOW)
        assert isinstance(again, ParsedMetadata)
        assert again.document == result.document
        read = OneLogin_Saml2_IdPMetadataParser.parse(result.document)["idp"]
        assert read["entityId"] == result.entity_id
        assert read["singleSignOnService"]["url"] == result.sso_url
        single = read.get("x509cert")
        signing = [single] if single else read["x509certMulti"]["signing"]
        assert signing == [certificates.body(item) for item in result.certificates]


@many
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    check(data)


@many
@given(st.text(max_size=200), st.sampled_from(["utf-8", "utf-16", "utf-16-be", "utf-32", "cp037"]))
def test_any_text_in_any_encoding(text: str, encoding: str) -> None:
    check(("<" + text).encode(encoding, errors="ignore"))


@many
@given(mutated(), st.sampled_from(["", "https://idp.example.com/saml"]))
def test_damaged_metadata(data: bytes, entity_id: str) -> None:
    check(data, entity_id)


@few
@given(trees())
def test_metadata_in_any_order(text: str) -> None:
    check(text.encode())


@many
@given(*[st.text(max_size=60)] * 3, st.lists(st.text(max_size=200), max_size=2), st.text(max_size=40))
def test_any_values_field_by_field(entity_id: str, sso: str, slo: str, pasted: list[str], name_id: str) -> None:
    try:
        consistent(build(entity_id, sso, slo, pasted, now=NOW, name_id_format=name_id))
    except MetadataError as error:
        known(error)


@many
@given(st.text(min_size=1, max_size=60), st.text(max_size=60), st.text(max_size=40))
def test_any_values_beside_a_good_certificate(entity_id: str, slo: str, name_id: str) -> None:
    """Characters that XML cannot hold never reach the document."""
    good = certificates.read(role().partition("<ds:X509Certificate>")[2].partition("<")[0])
    assert not isinstance(good, Finding)
    try:
        result = build(entity_id, "https://idp.example.com/sso", slo, [good.pem], now=NOW, name_id_format=name_id)
    except MetadataError as error:
        known(error)
    else:
        consistent(result)
