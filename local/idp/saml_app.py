"""The demonstration SAML 2.0 identity provider."""

import base64
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import xmlsec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from local.idp.people import ASSIGNED, DOMAIN, PEOPLE, DemoPerson
from local.idp.saml_messages import (
    EMAIL,
    PERSISTENT,
    Answer,
    AuthnRequest,
    BadRequest,
    answer_to,
    encoded,
    part,
    read_request,
    unasked,
)
from local.idp.saml_signing import KeyPair, encrypt_assertion, make_key_pair, metadata, sign
from local.idp.state import StateFile
from local.idp.web import TEMPLATES, first, form_of, make_site, sign_in_page, who

BRAND = "Harbour"
SIGNED = ("assertion", "response", "both")
NAME_IDS = {"subject": PERSISTENT, "email": EMAIL}


@dataclass(frozen=True)
class SamlState:
    """What the admin page changes.

    Attributes:
        acs, audience: of the one service provider that is set up; empty at first.
        name_id: `subject`, the person's id, or `email`.
        assigned: ids of the people who may use the application.
        signed: what is signed of a response.
        encrypt_for: the service provider's certificate, Base64 of DER; empty: in clear.
        relay_state: what goes along when the identity provider begins.
        key, certificate: those that sign, PEM.
    """

    key: str
    certificate: str
    acs: str = ""
    audience: str = ""
    name_id: str = "subject"
    domain: str = DOMAIN
    assigned: list[str] = field(default_factory=lambda: list(ASSIGNED))
    signed: str = "assertion"
    encrypt_for: str = ""
    relay_state: str = ""

    @property
    def pair(self) -> KeyPair:
        """The key with its certificate."""
        return KeyPair(self.key, self.certificate)


class SamlProvider:
    """The pages, over what is kept in a folder; `origin` is where a browser finds them."""

    def __init__(self, origin: str, data: Path) -> None:
        self._origin = origin
        self._file = StateFile(data / "saml.json")
        kept = self._file.load()
        if kept is None:
            pair = make_key_pair(BRAND)
            self._save(SamlState(pair.key, pair.certificate))
        else:
            self._state = SamlState(**kept)

    def application(self) -> Starlette:
        """The site."""
        return make_site(
            [
                Route("/", self.home),
                Route("/metadata.xml", self.metadata),
                Route("/sso", self.sso, methods=["GET", "POST"]),
                Route("/start", self.start, methods=["GET", "POST"]),
                Route("/admin", self.admin, methods=["GET", "POST"]),
                Route("/admin/certificate", self.renew, methods=["POST"]),
            ]
        )

    @property
    def entity_id(self) -> str:
        """The provider's entity id, which is also where its metadata is."""
        return f"{self._origin}/metadata.xml"

    def _save(self, state: SamlState) -> None:
        self._state = state
        self._file.save(asdict(state))

    async def home(self, request: Request) -> Response:
        """What there is."""
        context = {"entity_id": self.entity_id, "sso_url": f"{self._origin}/sso", **self._shown()}
        return TEMPLATES.TemplateResponse(request, "saml_home.html", context)

    def _shown(self) -> dict[str, object]:
        return {"brand": BRAND, "state": self._state, "people": PEOPLE}

    async def metadata(self, request: Request) -> Response:
        """The metadata; with ?download as a file."""
        document = metadata(self.entity_id, f"{self._origin}/sso", self._state.pair)
        headers = {"Content-Disposition": 'attachment; filename="harbour-metadata.xml"'}
        given = headers if "download" in request.query_params else {}
        return Response(document, headers=given, media_type="application/samlmetadata+xml")

    async def sso(self, request: Request) -> Response:
        """Somebody comes from the service provider: ask who it is, then send them back."""
        try:
            asked = read_request(str(request.url))
        except BadRequest as error:
            raise HTTPException(400, f"{error}.") from error
        action = f"/sso?{request.url.query}"
        if request.method == "GET":
            return sign_in_page(request, BRAND, action)
        person = who(await form_of(request))
        if person is None:
            return sign_in_page(request, BRAND, action, wrong="The password is wrong.")
        self._require_use(person)
        state = self._state
        answer = answer_to(
            asked, issuer=self.entity_id, audience=state.audience, acs=state.acs, name_id=self._name_id(person)
        )
        return self._send(request, answer, person, asked)

    async def start(self, request: Request) -> Response:
        """The identity provider begins, as a tile on its dashboard does."""
        if request.method == "GET":
            return sign_in_page(request, BRAND, "/start")
        person = who(await form_of(request))
        if person is None:
            return sign_in_page(request, BRAND, "/start", wrong="The password is wrong.")
        self._require_use(person)
        state = self._state
        answer = unasked(issuer=self.entity_id, audience=state.audience, acs=state.acs, name_id=self._name_id(person))
        return self._send(request, answer, person, None)

    def _require_use(self, person: DemoPerson) -> None:
        if not self._state.acs or not self._state.audience:
            raise HTTPException(400, "No application is set up here yet: its ACS URL and entity id are missing.")
        if person.id not in self._state.assigned:
            raise HTTPException(403, f"{person.name} is not assigned to this application.")

    def _name_id(self, person: DemoPerson) -> str:
        return person.id if self._state.name_id == "subject" else person.email(self._state.domain)

    def _send(self, request: Request, answer: Answer, person: DemoPerson, asked: AuthnRequest | None) -> Response:
        """The page that posts the response. It goes where it was set up to go, whatever the request says."""
        state = self._state
        attributes = {
            "email": [person.email(state.domain)],
            "name": [person.name],
            "given_name": [person.given_name],
            "family_name": [person.family_name],
            "groups": list(person.groups),
        }
        sent = {name: values for name, values in attributes.items() if values}
        full = replace(answer, attributes=sent, name_id_format=NAME_IDS[state.name_id])
        response = full.response()
        if state.signed in ("assertion", "both"):
            sign(part(response, "saml:Assertion"), state.pair)
        if state.encrypt_for:
            encrypt_assertion(response, state.encrypt_for)
        if state.signed in ("response", "both"):
            sign(response, state.pair)
        fields = {
            "SAMLResponse": encoded(response),
            "RelayState": state.relay_state if asked is None else asked.relay_state,
        }
        given = {name: value for name, value in fields.items() if value}
        return TEMPLATES.TemplateResponse(request, "post.html", {"brand": BRAND, "acs": state.acs, "fields": given})

    async def admin(self, request: Request) -> Response:
        """The application's settings, which are taken as they are typed."""
        if request.method == "GET":
            return TEMPLATES.TemplateResponse(request, "saml_admin.html", self._shown())
        form = await form_of(request)
        name_id, signed = first(form, "name_id"), first(form, "signed")
        if name_id not in NAME_IDS or signed not in SIGNED:
            raise HTTPException(400, "Choose what is sent and what is signed.")
        self._save(
            replace(
                self._state,
                acs=first(form, "acs"),
                audience=first(form, "audience"),
                name_id=name_id,
                domain=first(form, "domain") or DOMAIN,
                assigned=[person.id for person in PEOPLE if person.id in form.get("assigned", [])],
                signed=signed,
                encrypt_for=_certificate(first(form, "encrypt_for")),
                relay_state=first(form, "relay_state"),
            )
        )
        return RedirectResponse("/admin?saved", 303)

    async def renew(self, request: Request) -> Response:
        """Sign with another key from now on; Lifeguard knows of it once it has the new metadata."""
        expired = first(await form_of(request), "kind") == "expired"
        pair = make_key_pair(BRAND, days=-1, begin_days_ago=400) if expired else make_key_pair(BRAND)
        self._save(replace(self._state, key=pair.key, certificate=pair.certificate))
        return RedirectResponse("/admin?renewed", 303)


def _certificate(text: str) -> str:
    """Base64 of DER from what was pasted, PEM or not; empty stays empty.

    Raises:
        HTTPException: it is no certificate.
    """
    lines = [line.strip() for line in text.splitlines() if "-----" not in line]
    encoded_der = "".join("".join(lines).split())
    if encoded_der:
        pem = f"-----BEGIN CERTIFICATE-----\n{encoded_der}\n-----END CERTIFICATE-----\n"
        try:
            base64.b64decode(encoded_der, validate=True)
            xmlsec.Key.from_memory(pem.encode(), xmlsec.KeyFormat.CERT_PEM)
        except (ValueError, xmlsec.Error) as error:
            raise HTTPException(400, "The encryption certificate cannot be read.") from error
    return encoded_der
