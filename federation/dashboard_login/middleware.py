"""Members have no local account: allauth's pages are the operators'."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse

from federation.dashboard_login.application import CALLBACK_PATH

_ACCOUNT_PAGES = "/accounts/"
GetResponse = Callable[[HttpRequest], HttpResponseBase]


def members_have_no_local_account(get_response: GetResponse) -> GetResponse:
    """Answer 404 to a member on allauth's pages, signing out apart.

    There a member could set a password or a passkey of their own, with which they would get in past their tenant's
    sign-in, also after their tenant disabled them.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(_ACCOUNT_PAGES) and _is_member(request) and not _is_open(request.path):
            raise Http404
        return get_response(request)

    return middleware


def _is_member(request: HttpRequest) -> bool:
    return request.user.is_authenticated and not request.user.is_operator


def _is_open(path: str) -> bool:
    return path in {reverse("account_logout"), CALLBACK_PATH}
