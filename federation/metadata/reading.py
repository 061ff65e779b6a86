"""Reading metadata as a stream: only what Cognito needs is kept, so that memory stays small whatever is given.

No tree is built. libxml2 calls the methods of `_Target` for each element; a document type declaration, too many levels
or too many elements end the reading at once, before entities could be declared or anything else grow.
"""

from typing import Any

from lxml import etree

from federation.metadata.collecting import Collector, RawEntity
from federation.metadata.findings import refusal
from federation.metadata.model import Entity, MetadataError
from federation.metadata.names import ENTITIES, ENTITY, METADATA, local_name, namespace_of

MOST_LEVELS = 60
MOST_ELEMENTS = 400_000
MOST_CHOICES = 2_000
_PIECE = 64 * 1024


class Contents:
    """What is in metadata: all identity providers by name, and one of them whole.

    Args:
        wanted: the entity ID of the one to keep; "" keeps the first.
    """

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        self.kept: RawEntity | None = None
        self.times = 0
        self.providers = 0
        self.listed: list[Entity] = []
        self.service_provider: str | None = None
        self.stray: tuple[str, str] | None = None

    def add(self, entity: RawEntity) -> None:
        """Take note of an entity whose end was reached."""
        self.stray = self.stray or entity.stray
        if not entity.roles:
            if entity.is_service_provider and self.service_provider is None:
                self.service_provider = entity.entity_id
            return
        self.providers += 1
        if len(self.listed) < MOST_CHOICES:
            self.listed.append(Entity(entity.entity_id[:1024], entity.display_name))
        if not self.wanted or entity.entity_id == self.wanted:
            self.times += 1
            self.kept = self.kept or entity


class _Target:
    """What libxml2 calls; see "The target parser interface" of lxml."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._path: list[str] = []
        self._limits: list[str] = []
        self._elements = 0
        self._collector: Collector | None = None

    def doctype(self, name: str | None, public_id: str | None, system_id: str | None) -> None:
        raise refusal("doctype")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise refusal("too_many_elements", limit=f"{MOST_ELEMENTS:,}")
        if len(self._path) >= MOST_LEVELS:
            raise refusal("too_deep", limit=MOST_LEVELS)
        if not self._path:
            _check_root(tag)
        self._path.append(tag)
        if self._collector:
            self._collector.start(tag, attributes)
        elif tag == ENTITIES and all(name == ENTITIES for name in self._path):
            self._limits.append(attributes.get("validUntil", ""))
        elif tag == ENTITY and all(name == ENTITIES for name in self._path[:-1]):
            self._collector = Collector(attributes, tuple(limit for limit in self._limits if limit))

    def data(self, text: str) -> None:
        if self._collector:
            self._collector.data(text)

    def end(self, tag: str) -> None:
        self._path.pop()
        if self._collector and self._collector.end():
            self._contents.add(self._collector.entity)
            self._collector = None
        elif not self._collector and tag == ENTITIES and len(self._limits) > len(self._path):
            self._limits.pop()

    def close(self) -> Contents:
        return self._contents


def read(text: str, *, wanted: str) -> Contents:
    """Return what is in metadata.

    Args:
        text: XML without its declaration.
        wanted: the entity ID of the identity provider to keep; "" keeps the first.

    Raises:
        MetadataError: it is no well-formed metadata, or reading it would not be safe.
    """
    contents = Contents(wanted)
    # "internal" rather than False: a document that could declare entities was refused by then, and with False libxml2
    # hands "&amp;" in an attribute on as "&#38;", so that addresses with two parameters would be other ones.
    entities: Any = "internal"  # lxml-stubs knows only the two others.
    # lxml-stubs asks for a method `comment`, which is optional, and for bytes, which lxml never gives.
    target: Any = _Target(contents)
    parser = etree.XMLParser(
        target=target,
        encoding="utf-8",
        resolve_entities=entities,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
    )
    # Characters that no encoding can hold (half a surrogate pair) cannot be in a text that was decoded.
    data = text.encode("utf-8")
    fed_all = False
    try:
        for start in range(0, len(data), _PIECE):
            parser.feed(data[start : start + _PIECE])
        fed_all = True
        parser.close()
    except etree.XMLSyntaxError as error:
        raise _broken(error, fed_all=fed_all) from None
    return contents


def _check_root(tag: str) -> None:
    name, namespace = local_name(tag), namespace_of(tag)
    if tag in {ENTITIES, ENTITY}:
        return
    if name in {"EntityDescriptor", "EntitiesDescriptor"}:
        raise refusal("wrong_namespace", element=name, namespace=namespace[:100] or "–", expected=METADATA)
    raise refusal("html" if name.lower() == "html" else "not_metadata", root=name[:60])


def _broken(error: etree.XMLSyntaxError, *, fed_all: bool) -> MetadataError:
    line, column = error.position
    if fed_all:
        return refusal("truncated")
    return refusal("malformed", line=line, column=column)
