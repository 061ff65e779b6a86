"""The demonstration SAML 2.0 identity provider."""

from dataclasses import asdict, replace
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from local.idp.people import PEOPLE, DemoPerson, person_of
from local.idp.saml_messages import Answer, answer_to, encoded, logout_response, part, unasked
from local.idp.saml_requests import AuthnRequest, BadRequest, check_signature, read_logout, read_request
from local.idp.saml_sessions import Session, Sessions
from local.idp.saml_settings import NAME_IDS, SamlState, of_metadata, typed
from local.idp.saml_signing import encrypt_assertion, make_key_pair, metadata, sign
from local.idp.state import StateFile
from local.idp.web import TEMPLATES, first, form_of, make_site, sign_in_page, who

BRAND = "Harbour"


class SamlProvider:
    """The pages, over what is kept in a folder; `origin` is where a browser finds them."""

    def __init__(self, origin: str, data: Path) -> None:
        self._origin = origin
        self._file = StateFile(data / "saml.json")
        self._sessions = Sessions()
        kept = self._file.load()
        if kept is None:
            pair = make_key_pair(BRAND)
            self._save(SamlState(pair.key, pair.certificate))
        else:
            self._state = SamlState(**kept)

    def application(self) -> Starlette:
        """The site."""
        return make_site(
            BRAND,
            [
                Route("/", self.home),
                Route("/metadata.xml", self.metadata),
                Route("/sso", self.sso, methods=["GET", "POST"]),
                Route("/start", self.start, methods=["GET", "POST"]),
                Route("/slo", self.slo),
                Route("/sign-out", self.sign_out, methods=["POST"]),
                Route("/admin", self.admin, methods=["GET", "POST"]),
                Route("/admin/certificate", self.renew, methods=["POST"]),
                Route("/admin/metadata", self.read, methods=["POST"]),
            ],
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
        session = self._sessions.of(request)
        context = {
            "entity_id": self.entity_id,
            "sso_url": f"{self._origin}/sso",
            "slo_url": f"{self._origin}/slo",
            "signed_in": None if session is None else person_of(session.person_id),
            **self._shown(),
        }
        return TEMPLATES.TemplateResponse(request, "saml_home.html", context)

    def _shown(self) -> dict[str, object]:
        return {"brand": BRAND, "state": self._state, "people": PEOPLE}

    async def metadata(self, request: Request) -> Response:
        """The metadata; with ?download as a file."""
        addresses = f"{self._origin}/sso", f"{self._origin}/slo"
        document = metadata(self.entity_id, addresses[0], self._state.pair, slo_url=addresses[1])
        headers = {"Content-Disposition": 'attachment; filename="harbour-metadata.xml"'}
        given = headers if "download" in request.query_params else {}
        return Response(document, headers=given, media_type="application/samlmetadata+xml")

    async def sso(self, request: Request) -> Response:
        """Somebody comes from the service provider: ask who it is, then send them back."""
        try:
            asked = read_request(str(request.url))
            if (asked.signed and self._state.verify_with) or self._state.require_signed:
                check_signature(str(request.url), self._state.verify_with)
        except BadRequest as error:
            raise HTTPException(400, f"{error}.") from error
        return await self._identified(request, f"/sso?{request.url.query}", asked)

    async def start(self, request: Request) -> Response:
        """The identity provider begins, as a tile on its dashboard does."""
        return await self._identified(request, "/start", None)

    async def _identified(self, request: Request, action: str, asked: AuthnRequest | None) -> Response:
        """The answer about whoever is signed in here, otherwise the page that asks who it is."""
        session, value = self._sessions.of(request), ""
        if request.method == "GET":
            person = None if session is None else person_of(session.person_id)
            if person is None:
                return sign_in_page(request, BRAND, action, keeps=True)
        else:
            form = await form_of(request)
            person = who(form)
            if person is None:
                return sign_in_page(request, BRAND, action, wrong="The password is wrong.", keeps=True)
            if first(form, "keep"):
                value, session = self._sessions.begin(person.id)
        self._require_use(person)
        response = self._send(request, person, asked, session)
        if value:
            self._sessions.keep(response, value)
        return response

    async def slo(self, request: Request) -> Response:
        """The application wants somebody signed out here too: single logout (SAML 2.0 profiles, section 4.4)."""
        state, url = self._state, str(request.url)
        if not state.verify_with or not state.slo:
            raise HTTPException(400, "Single logout needs the application's signing certificate and logout URL.")
        try:
            asked = read_logout(url)
            check_signature(url, state.verify_with)
        except BadRequest as error:
            raise HTTPException(400, f"{error}.") from error
        if asked.issuer != state.audience:
            raise HTTPException(400, f"{asked.issuer} is not the application that is set up here.")
        self._sessions.end_by_index(asked.index, asked.name_id)
        response = logout_response(issuer=self.entity_id, destination=state.slo, in_response_to=asked.id)
        sign(response, state.pair)
        fields = {"SAMLResponse": encoded(response), "RelayState": asked.relay_state}
        return self._posted(request, state.slo, fields, "You are signed out here.")

    async def sign_out(self, request: Request) -> Response:
        """End the browser's session here, which no application learns of."""
        self._sessions.end(request)
        return RedirectResponse("/", 303)

    def _require_use(self, person: DemoPerson) -> None:
        if not self._state.acs or not self._state.audience:
            raise HTTPException(400, "No application is set up here yet: its ACS URL and entity id are missing.")
        if person.id not in self._state.assigned:
            raise HTTPException(403, f"{person.name} is not assigned to this application.")

    def _send(
        self, request: Request, person: DemoPerson, asked: AuthnRequest | None, session: Session | None
    ) -> Response:
        """The page that posts the response. It goes where it was set up to go, whatever the request says."""
        answer = self._answer(person, asked)
        if session is not None:
            session.indexes[answer.assertion_id] = answer.name_id
        state, response = self._state, answer.response()
        if state.signed in ("assertion", "both"):
            sign(part(response, "saml:Assertion"), state.pair)
        if state.encrypt_for:
            encrypt_assertion(response, state.encrypt_for)
        if state.signed in ("response", "both"):
            sign(response, state.pair)
        relay_state = state.relay_state if asked is None else asked.relay_state
        fields = {"SAMLResponse": encoded(response), "RelayState": relay_state}
        return self._posted(request, state.acs, fields, "You are signed in.")

    def _answer(self, person: DemoPerson, asked: AuthnRequest | None) -> Answer:
        state = self._state
        name_id = person.id if state.name_id == "subject" else person.email(state.domain)
        known = {"issuer": self.entity_id, "audience": state.audience, "acs": state.acs, "name_id": name_id}
        answer = unasked(**known) if asked is None else answer_to(asked.id, **known)
        attributes = {
            "email": [person.email(state.domain)],
            "name": [person.name],
            "given_name": [person.given_name],
            "family_name": [person.family_name],
            "groups": list(person.groups),
        }
        sent = {name: values for name, values in attributes.items() if values}
        return replace(answer, attributes=sent, name_id_format=NAME_IDS[state.name_id])

    def _posted(self, request: Request, target: str, fields: dict[str, str], words: str) -> Response:
        """The page whose form brings a message to the application."""
        given = {name: value for name, value in fields.items() if value}
        context = {"brand": BRAND, "target": target, "fields": given, "words": words}
        return TEMPLATES.TemplateResponse(request, "post.html", context)

    async def admin(self, request: Request) -> Response:
        """The application's settings, which are taken as they are typed."""
        if request.method == "GET":
            return TEMPLATES.TemplateResponse(request, "saml_admin.html", self._shown())
        self._save(typed(self._state, await form_of(request)))
        return RedirectResponse("/admin?saved", 303)

    async def read(self, request: Request) -> Response:
        """The application's settings from its metadata."""
        self._save(of_metadata(self._state, first(await form_of(request), "metadata")))
        return RedirectResponse("/admin?saved", 303)

    async def renew(self, request: Request) -> Response:
        """Sign with another key from now on; Lifeguard knows of it once it has the new metadata."""
        expired = first(await form_of(request), "kind") == "expired"
        pair = make_key_pair(BRAND, days=-1, begin_days_ago=400) if expired else make_key_pair(BRAND)
        self._save(replace(self._state, key=pair.key, certificate=pair.certificate))
        return RedirectResponse("/admin?renewed", 303)
