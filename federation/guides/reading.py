"""From the text of a guide's file to a ``Guide``."""

import re
import tomllib
from urllib.parse import urlsplit

from federation.guides.completeness import missing
from federation.guides.parts import (
    AttributeHint,
    Copy,
    GroupsHint,
    GroupValues,
    Guide,
    GuideProtocol,
    MetadataBy,
    Mistake,
    NameIdHint,
    OurValue,
    Paste,
    Step,
    Switch,
    SwitchHint,
    Target,
    TheirValue,
)
from federation.guides.table import GuideError, Table

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
WORD = re.compile(r"[a-z0-9]{2,16}")
# A transient NameID is another one at each sign-in, and to Cognito a changed NameID is a new user.
NAME_ID_FORMATS = frozenset(
    {
        "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
        "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
        "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
    }
)


def read(slug: str, source: str) -> Guide:
    """Read a guide from TOML.

    Args:
        slug: the name of the file without ``.toml``; the guide must call itself the same.
        source: the text of the file.

    Raises:
        GuideError: the text is no TOML, or breaks the format, or lacks what its protocol needs.
    """
    file = f"{slug}.toml"
    try:
        values = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise GuideError(f"{file}: is no TOML: {error}") from error
    table = Table(f"{file}: ", values)
    guide = _guide(table, slug)
    table.end()
    for lack in missing(guide):
        raise GuideError(f"{file}: {lack}")
    return guide


def _guide(table: Table, slug: str) -> Guide:
    return Guide(
        slug=_slug(table, slug),
        name=table.label("name"),
        variant=table.label("variant"),
        protocol=table.choice("protocol", GuideProtocol),
        word=_word(table),
        order=table.number("order"),
        sources=_sources(table),
        checked=table.day("checked"),
        needs=table.text("needs"),
        metadata_by=table.choices("metadata_by", MetadataBy),
        steps=tuple(_step(step) for step in table.tables("steps")),
        attributes=tuple(_attribute(attribute) for attribute in table.tables("attributes")),
        groups=_groups(table.table("groups")) if table.has("groups") else None,
        name_id=_name_id(table.table("name_id")) if table.has("name_id") else None,
        mistakes=tuple(_mistake(mistake) for mistake in table.tables("mistakes")),
        test=_test(table.table("test")),
        switches=tuple(_switch(switch) for switch in table.tables("switches")),
    )


def _slug(table: Table, expected: str) -> str:
    slug = table.label("slug")
    if slug != expected:
        raise table.fault("slug", f"{slug!r} is not the name of the file")
    if not SLUG.fullmatch(slug):
        raise table.fault("slug", "must be of a-z, 0-9 and single hyphens")
    return slug


def _word(table: Table) -> str:
    word = table.label("word")
    if not WORD.fullmatch(word):
        raise table.fault("word", "must have 2 to 16 characters of a-z and 0-9")
    return word


def _sources(table: Table) -> tuple[str, ...]:
    sources = table.labels("sources")
    for number, source in enumerate(sources, start=1):
        address = urlsplit(source)
        if address.scheme != "https" or not address.hostname:
            raise table.fault(f"sources.{number}", f"{source!r} is no https address")
    return sources


def _step(table: Table) -> Step:
    step = Step(
        title=table.label("title"),
        text=table.text("text"),
        place=table.labels("place"),
        copy=tuple(_copy(copy) for copy in table.tables("copy")),
        paste=tuple(_paste(paste) for paste in table.tables("paste")),
        attributes=table.flag("attributes") if table.has("attributes") else False,
    )
    table.end()
    return step


def _switch(table: Table) -> SwitchHint:
    hint = SwitchHint(
        switch=table.choice("switch", Switch),
        step=Step(
            title="",
            text=table.text("text"),
            place=table.labels("place"),
            copy=tuple(_copy(copy) for copy in table.tables("copy")),
        ),
    )
    table.end()
    return hint


def _copy(table: Table) -> Copy:
    value = table.choice("value", OurValue)
    text = table.verbatim("text") if value is OurValue.TEXT else ""
    copy = Copy(value=value, field=table.label("field"), note=table.text("note", optional=True), text=text)
    table.end()
    return copy


def _paste(table: Table) -> Paste:
    paste = Paste(
        value=table.choice("value", TheirValue),
        field=table.label("field"),
        note=table.text("note", optional=True),
    )
    table.end()
    return paste


def _attribute(table: Table) -> AttributeHint:
    attribute = AttributeHint(
        target=table.choice("target", Target),
        claim=table.label("claim"),
        source=table.label("source"),
        required=table.flag("required"),
    )
    table.end()
    return attribute


def _groups(table: Table) -> GroupsHint:
    groups = GroupsHint(claim=table.label("claim"), values=table.choice("values", GroupValues), text=table.text("text"))
    table.end()
    return groups


def _name_id(table: Table) -> NameIdHint:
    form = table.label("format")
    if form not in NAME_ID_FORMATS:
        raise table.fault("format", f"{form!r} is not one of {', '.join(sorted(NAME_ID_FORMATS))}")
    name_id = NameIdHint(format=form, text=table.text("text"))
    table.end()
    return name_id


def _mistake(table: Table) -> Mistake:
    mistake = Mistake(
        title=table.label("title"),
        symptom=table.text("symptom"),
        remedy=table.text("remedy"),
        matches=table.labels("matches"),
    )
    table.end()
    return mistake


def _test(table: Table) -> str:
    text = table.text("text")
    table.end()
    return text
