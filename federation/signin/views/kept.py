"""Answers from kept pages: the sign-in page on which nobody typed anything, and the one that leads on from an address.

Most take no statement, since what a page depends on is remembered for a moment. They give up for the ordinary way
whenever anything is not as it is for most: that says what is wrong, and shows what is somebody's. Both render the same
`Shown`.
"""

import re
import uuid
from collections.abc import Callable
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse

from federation.domains.names import normal_address
from federation.models import AuthorizationRequest
from federation.selectors.opened_requests import OpenedRequest, opened_request
from federation.selectors.page_state import PageState, page_state, page_state_now, realm_state
from federation.signin import cookies, just_opened
from federation.signin.context import Context
from federation.signin.kept_pages import ADDRESS, KEPT, REQUEST, TOKEN, KeptPage
from federation.signin.pages import Shown, leading_to, origin_of, speak
from federation.signin.passkeys import WAY as WEB_AUTHN
from federation.signin.views.common import load_context
from federation.signin.views.realm import go_on_page
from federation.tokens import hash_token
from tenants.actor import ANONYMOUS
from tenants.errors import DomainError
from tenants.form_tokens import form_token
from tenants.ways_in import offered_ways

_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def kept_page(request: HttpRequest, slug: str, show: Callable[[HttpRequest, Context], Shown]) -> HttpResponse | None:
    """Return a tenant's sign-in page; None where the ordinary way has to answer.

    Args:
        request: a GET.
        slug: of the tenant.
        show: what the page shows, from what is of nobody in particular.
    """
    # With more than the request in the address, a hint, or that the password is next, somebody gets their own page. The
    # query is read as it stands, since an id is written like this and with nothing to decode.
    name, _is, named = request.META.get("QUERY_STRING", "").partition("=")
    opened = _opened(request, named) if name == "request" and "\0" not in slug else None
    if opened is None or opened.login_hint:
        return None
    state = page_state(opened.application_id, slug)
    if state is None or not _is_for(opened, state):
        return None

    def render() -> KeptPage:
        context = _nobodys(load_context(request, slug, uuid.UUID(opened.id)))
        shown = show(request, context)
        by_passkey = bool(shown.leads_to) and WEB_AUTHN in offered_ways(context.tenant)
        html = shown.html(context.tenant, token=TOKEN)
        return KeptPage.of(html, leads_to=shown.leads_to, knows_browsers=by_passkey)

    page = _found(request, opened, state, (), render)
    if page is None or (page.knows_browsers and cookies.has_device_token(request, state.tenant_key)):
        return None
    return _answer(request, page, opened)


def kept_way_on(request: HttpRequest, form: type[Form], *, slug: str = "") -> HttpResponse | None:
    """Return the page that leads on from an address to its identity provider; None where the ordinary way answers.

    Args:
        request: one to the page that asks for the address.
        form: of that page; its field `email` says what an address is.
        slug: of the tenant whose page asked; empty for the page that knows no tenant yet.
    """
    email = _typed(request, form)
    address = normal_address(email)
    opened = _opened(request, request.GET.get("request", "")) if address and "\0" not in slug else None
    if opened is None or (opened.tenant_id is not None and not slug):
        return None
    state = realm_state(opened.application_id, address, slug=slug)
    if state is None or not _is_for(opened, state.page):
        return None

    def render() -> KeptPage:
        context = _nobodys(load_context(request, state.page.slug, uuid.UUID(opened.id)))
        shown = go_on_page(context, state.connections, ADDRESS)
        return KeptPage.of(shown.html(context.tenant, token=TOKEN))

    page = _found(request, opened, state.page, state.connections, render)
    return _answer(request, page, opened, email) if page is not None else None


def _typed(request: HttpRequest, form: type[Form]) -> str:
    """Return the address of a form that is right; empty for any other, and where no form was sent."""
    if request.method != "POST":
        return ""
    try:
        typed: str = form.base_fields["email"].clean(request.POST.get("email"))
    except ValidationError:
        return ""
    return typed


def _opened(request: HttpRequest, named: str) -> OpenedRequest | None:
    token = cookies.browser_token(request)
    if not token or not _ID.fullmatch(named):
        return None
    brought = just_opened.remembered(request, named, token)
    return brought or opened_request(uuid.UUID(named), hash_token(token))


def _is_for(opened: OpenedRequest, state: PageState) -> bool:
    """Say whether a request is for people of the tenant whose page it is, or of any."""
    return opened.tenant_id is None or opened.tenant_id == state.tenant_id


def _found(
    request: HttpRequest,
    opened: OpenedRequest,
    state: PageState,
    among: tuple[uuid.UUID, ...],
    render: Callable[[], KeptPage],
) -> KeptPage | None:
    """Return the page from memory, or make it.

    What it is made of is read after its versions, and they are asked for once more before it is kept by them: where
    something changed in between, and changes back, it must not be found again.
    """
    speak(request, opened.ui_locales)
    key = state.versions, among, request.LANGUAGE_CODE
    page = KEPT.find(key)
    if page is None:
        try:
            page = render()
        except DomainError:
            # What was so a moment ago is no more; the ordinary way says it.
            return None
        if page_state_now(opened.application_id, state.slug) == state:
            KEPT.keep(key, page)
    return page


def _nobodys(context: Context) -> Context:
    """Return what a page is about, without whoever asks for it."""
    opened = context.request
    blank = AuthorizationRequest(id=REQUEST, application=opened.application, tenant_id=opened.tenant_id, parameters={})
    return replace(context, request=blank, previous=None, visitor=ANONYMOUS, device_token="")


def _answer(request: HttpRequest, page: KeptPage, opened: OpenedRequest, address: str = "") -> HttpResponse:
    content = page.filled(token=form_token(request), request_id=opened.id, address=address)
    leads_to = (*page.leads_to, origin_of(opened.redirect_uri)) if page.leads_to else ()
    return leading_to(HttpResponse(content), leads_to)
