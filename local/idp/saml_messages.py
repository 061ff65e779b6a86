"""SAML 2.0 messages as an identity provider writes them."""

import base64
import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
NAMES = {"saml": ASSERTION, "samlp": PROTOCOL, "ds": "http://www.w3.org/2000/09/xmldsig#"}
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
DENIED = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied"
_BASIC = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
_PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"


def _new_id() -> str:
    return f"_{uuid.uuid4().hex}"


def instant(seconds: float = 0) -> str:
    """So many seconds from now, as xs:dateTime."""
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Answer:
    """A response with one assertion.

    Attributes:
        audience: None leaves the restriction out; likewise with the other members that may be None.
        in_response_to: the request's ID in the response, and `confirmed_request` in the confirmation of the subject.
        attributes: values by name.
        lifetime: seconds from now until the assertion ends.
        age: seconds since it was issued.
    """

    issuer: str
    name_id: str
    audience: str | None
    recipient: str | None
    destination: str | None
    in_response_to: str | None
    confirmed_request: str | None
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    name_id_format: str = PERSISTENT
    status: str = SUCCESS
    lifetime: float = 300
    age: float = 0
    id: str = field(default_factory=_new_id)
    assertion_id: str = field(default_factory=_new_id)

    def response(self) -> etree._Element:
        """The message, unsigned; one that does not succeed has no assertion."""
        root = _element(PROTOCOL, "Response", ID=self.id, Version="2.0", IssueInstant=instant(-self.age))
        if self.destination is not None:
            root.set("Destination", self.destination)
        if self.in_response_to is not None:
            root.set("InResponseTo", self.in_response_to)
        _child(root, ASSERTION, "Issuer", self.issuer)
        status = _child(root, PROTOCOL, "Status")
        _child(status, PROTOCOL, "StatusCode", Value=self.status)
        if self.status == SUCCESS:
            root.append(self.assertion())
        return root

    def assertion(self) -> etree._Element:
        """The assertion, unsigned."""
        issued, until = instant(-self.age), instant(self.lifetime)
        root = _element(ASSERTION, "Assertion", ID=self.assertion_id, Version="2.0", IssueInstant=issued)
        _child(root, ASSERTION, "Issuer", self.issuer)
        subject = _child(root, ASSERTION, "Subject")
        _child(subject, ASSERTION, "NameID", self.name_id, Format=self.name_id_format)
        confirmation = _child(subject, ASSERTION, "SubjectConfirmation", Method=_BEARER)
        data = _child(confirmation, ASSERTION, "SubjectConfirmationData", NotOnOrAfter=until)
        if self.recipient is not None:
            data.set("Recipient", self.recipient)
        if self.confirmed_request is not None:
            data.set("InResponseTo", self.confirmed_request)
        conditions = _child(root, ASSERTION, "Conditions", NotBefore=instant(-self.age - 60), NotOnOrAfter=until)
        if self.audience is not None:
            restriction = _child(conditions, ASSERTION, "AudienceRestriction")
            _child(restriction, ASSERTION, "Audience", self.audience)
        statement = _child(root, ASSERTION, "AuthnStatement", AuthnInstant=issued, SessionIndex=self.assertion_id)
        context = _child(statement, ASSERTION, "AuthnContext")
        _child(context, ASSERTION, "AuthnContextClassRef", _PASSWORD)
        self._add_attributes(root)
        return root

    def _add_attributes(self, root: etree._Element) -> None:
        if not self.attributes:
            return
        statement = _child(root, ASSERTION, "AttributeStatement")
        for name, values in self.attributes.items():
            attribute = _child(statement, ASSERTION, "Attribute", Name=name, NameFormat=_BASIC)
            for value in values:
                _child(attribute, ASSERTION, "AttributeValue", value)


def part(element: etree._Element, path: str) -> etree._Element:
    """The one element under a path, with the prefixes of `NAMES`; LookupError where there is none."""
    found = element.find(path, NAMES)
    if found is None:
        raise LookupError(f"{element.tag} has no {path}")
    return found


def answer_to(request_id: str, *, issuer: str, audience: str, acs: str, name_id: str) -> Answer:
    """The answer to a request, for a service provider that was registered with `audience` and `acs`."""
    return Answer(
        issuer=issuer,
        name_id=name_id,
        audience=audience,
        recipient=acs,
        destination=acs,
        in_response_to=request_id,
        confirmed_request=request_id,
    )


def unasked(*, issuer: str, audience: str, acs: str, name_id: str) -> Answer:
    """An answer to no request: the identity provider begins."""
    return Answer(issuer, name_id, audience, acs, acs, None, None)


def logout_response(*, issuer: str, destination: str, in_response_to: str) -> etree._Element:
    """The word that a session has ended, unsigned (SAML 2.0 core, section 3.7.2)."""
    root = _element(
        PROTOCOL,
        "LogoutResponse",
        ID=_new_id(),
        Version="2.0",
        IssueInstant=instant(),
        Destination=destination,
        InResponseTo=in_response_to,
    )
    _child(root, ASSERTION, "Issuer", issuer)
    _child(_child(root, PROTOCOL, "Status"), PROTOCOL, "StatusCode", Value=SUCCESS)
    return root


def encoded(response: etree._Element) -> str:
    """As the HTTP-POST binding carries it (SAML 2.0 bindings, section 3.5.4)."""
    return base64.b64encode(etree.tostring(response)).decode()


def _element(namespace: str, name: str, /, **attributes: str) -> etree._Element:
    # Each declares what it uses, so that an assertion means the same when it is taken out of its response.
    prefixes = {"saml": ASSERTION} if namespace == ASSERTION else {"saml": ASSERTION, "samlp": PROTOCOL}
    return etree.Element(f"{{{namespace}}}{name}", attributes, nsmap=prefixes)


def _child(
    parent: etree._Element, namespace: str, name: str, text: str | None = None, /, **attributes: str
) -> etree._Element:
    child = etree.SubElement(parent, f"{{{namespace}}}{name}", attributes)
    child.text = text
    return child
