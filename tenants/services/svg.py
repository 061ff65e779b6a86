"""Checking an SVG: it is refused unless every element and attribute in it is known to do nothing but draw. Pure."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _
from lxml import etree

from tenants.errors import ValidationFailed

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
MAX_ELEMENTS, MAX_DEPTH = 5000, 32

# Drawing programs leave their own notes in a file. They draw nothing and are dropped.
_EDITORS = {
    "http://www.inkscape.org/namespaces/inkscape",
    "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd",
    "http://www.bohemiancoding.com/sketch/ns",
    "http://www.serif.com/",
    "http://ns.adobe.com/AdobeIllustrator/10.0/",
}
_DROPPED = {f"{{{SVG}}}metadata"}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Not among them: `use` and `pattern`, whose nesting multiplies; `image`, `a` and `feImage`, which load; `script`,
# `set`, `animate` and `foreignObject`, which act.
_ELEMENTS = _names(
    "svg g defs title desc path rect circle ellipse line polyline polygon text tspan style "
    "linearGradient radialGradient stop clipPath mask"
)
_GEOMETRY = (
    "x y x1 y1 x2 y2 cx cy r rx ry fx fy fr dx dy d points width height viewBox preserveAspectRatio transform "
    "gradientTransform gradientUnits spreadMethod offset clipPathUnits maskUnits maskContentUnits pathLength "
    "textLength lengthAdjust rotate"
)
_PRESENTATION = (
    "fill fill-opacity fill-rule stroke stroke-width stroke-linecap stroke-linejoin stroke-miterlimit stroke-dasharray "
    "stroke-dashoffset stroke-opacity opacity color display visibility overflow clip clip-path clip-rule mask "
    "mask-type stop-color stop-opacity font-family font-size font-weight font-style font-stretch font-variant "
    "letter-spacing word-spacing text-anchor text-decoration text-rendering shape-rendering color-interpolation "
    "color-rendering dominant-baseline alignment-baseline baseline-shift paint-order vector-effect isolation "
    "enable-background mix-blend-mode"
)
_NAMING = "id class style version baseProfile type lang role aria-label aria-hidden data-name focusable"
_ATTRIBUTES = _names(f"{_GEOMETRY} {_PRESENTATION} {_NAMING}") | {f"{{{XML}}}space", f"{{{XML}}}lang"}
_STYLING = _names(_PRESENTATION)
_REFERENCES = {"href", f"{{{XLINK}}}href"}
_REFERRING = {"linearGradient", "radialGradient"}
_CONTAINERS = {f"{{{SVG}}}clipPath", f"{{{SVG}}}mask"}

_LOCAL_URL = re.compile(r"""url\(\s*(["']?)#[\w.:-]+\1\s*\)""", re.IGNORECASE)
# Begins at the beginning of a word alone and never goes back: otherwise a long word would cost its length squared.
_CSS_FUNCTION = re.compile(r"(?<![a-z-])([a-z-]++)\s*+\(", re.IGNORECASE)
_CSS_FUNCTIONS = _names("rgb rgba hsl hsla matrix translate translatex translatey rotate scale skewx skewy")


def clean_svg(data: bytes) -> bytes:
    """Return an SVG without comments, processing instructions and editors' notes.

    Args:
        data: the file, in UTF-8.

    Raises:
        ValidationFailed: it is not well-formed, declares a document type, is too large or deep, or holds something that
            is not on the list; the message names it.
    """
    root = _parse(data)
    _drop_notes(root)
    for count, (element, depth) in enumerate(_walk(root, 1)):
        if count >= MAX_ELEMENTS or depth > MAX_DEPTH:
            raise _refused(_("The SVG is too complicated for a logo. Simplify it, or upload a PNG."))
        _check_element(element)
        for name, value in element.attrib.items():
            _check_attribute(element, str(name), str(value))
    etree.cleanup_namespaces(root, keep_ns_prefixes=["xlink"])
    return etree.tostring(root, encoding="utf-8")


def _parse(data: bytes) -> etree._Element:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refused(_("The SVG is not in UTF-8.")) from error
    # Entities are declared in a document type. Looked for before parsing, in the encoding that was just established.
    if "<!doctype" in text.lower() or "<!entity" in text.lower():
        raise _refused(_("The SVG declares a document type (<!DOCTYPE>). Export it without one."))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise _refused(_("The SVG is not well-formed: %(why)s.") % {"why": error.msg}) from error
    if root.tag != f"{{{SVG}}}svg":
        raise _refused(_("This is not an SVG image."))
    return root


def _drop_notes(root: etree._Element) -> None:
    for element in list(root.iter()):
        parent = element.getparent()
        if parent is not None and (element.tag in _DROPPED or _namespace(element.tag) in _EDITORS):
            parent.remove(element)
            continue
        for name in [name for name in element.attrib if _namespace(name) in _EDITORS]:
            del element.attrib[name]


def _walk(element: etree._Element, depth: int) -> Iterator[tuple[etree._Element, int]]:
    waiting = [(element, depth)]
    while waiting:
        current, level = waiting.pop()
        yield current, level
        waiting.extend((child, level + 1) for child in current)


def _check_element(element: etree._Element) -> None:
    if not isinstance(element.tag, str):
        raise _refused(_("The SVG holds an entity reference, which is not allowed in a logo."))
    local = _local(element.tag)
    if _namespace(element.tag) != SVG or local not in _ELEMENTS:
        raise _refused(_("The SVG holds a <%(name)s> element, which is not allowed in a logo.") % {"name": local})
    if local == "style":
        if len(element):
            raise _refused(_("A <style> of the SVG holds elements, which is not allowed in a logo."))
        _check_style(element.text or "")


def _check_attribute(element: etree._Element, name: str, value: str) -> None:
    where = {"name": _local(name), "element": _local(str(element.tag))}
    if _local(name).lower().startswith("on"):
        raise _refused(_("The SVG holds an event handler (%(name)s), which is not allowed in a logo.") % where)
    if name in _REFERENCES:
        if where["element"] not in _REFERRING or not value.startswith("#"):
            raise _refused(_("<%(element)s> refers to something outside the file, which is not allowed.") % where)
        return
    if name not in _ATTRIBUTES:
        raise _refused(_("<%(element)s> has the attribute %(name)s, which is not allowed in a logo.") % where)
    if name == "style" or name in _STYLING:
        _check_style(value)
    elif "url" in _LOCAL_URL.sub("", value).lower() and "(" in value:
        raise _refused(_("%(name)s refers to something outside the file with url(), which is not allowed.") % where)
    if _LOCAL_URL.search(value) and _is_inside_container(element) and _refers_to_container(name, value):
        raise _refused(_("Clip paths and masks within one another are not allowed in a logo."))


def _check_style(css: str) -> None:
    """Refuse CSS that can load anything. A backslash could spell a name that is looked for here in another way."""
    rest = _LOCAL_URL.sub("", css)
    if "url" in rest.lower() and "(" in rest:
        raise _refused(_("A style refers to something outside the file with url(), which is not allowed."))
    if "\\" in rest or "@" in rest or "/*" in rest or "<" in rest:
        raise _refused(_("A style holds an escape, comment or @-rule, which is not allowed in a logo."))
    for found in _CSS_FUNCTION.finditer(rest):
        if found[1].lower() not in _CSS_FUNCTIONS:
            raise _refused(_("A style uses %(name)s(), which is not allowed in a logo.") % {"name": found[1]})


def _is_inside_container(element: etree._Element) -> bool:
    return element.tag in _CONTAINERS or any(parent.tag in _CONTAINERS for parent in element.iterancestors())


def _refers_to_container(name: str, value: str) -> bool:
    return name in {"clip-path", "mask"} or (name == "style" and ("clip-path" in value or "mask" in value))


def _namespace(name: object) -> str:
    return str(name)[1:].partition("}")[0] if str(name).startswith("{") else ""


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _refused(message: str) -> ValidationFailed:
    return ValidationFailed(message, fields={"logo": message})
