"""Tokens of forms are those that Django's middleware takes."""

from collections import Counter

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CsrfViewMiddleware
from django.test import RequestFactory

from tenants.form_tokens import form_token


def answer_to(request: HttpRequest) -> HttpResponse | None:
    """What the middleware answers before the view does."""
    middleware = CsrfViewMiddleware(lambda _request: HttpResponse())
    middleware.process_request(request)
    return middleware.process_view(request, lambda _request: HttpResponse(), (), {})


def page_in(browser: RequestFactory) -> HttpRequest:
    """A request for a page with a form."""
    request = browser.get("/")
    assert answer_to(request) is None
    return request


@pytest.fixture
def browser() -> RequestFactory:
    """A browser that was here before, and has the cookie."""
    first = page_in(RequestFactory())
    form_token(first)
    browser = RequestFactory()
    browser.cookies[settings.CSRF_COOKIE_NAME] = first.META["CSRF_COOKIE"]
    return browser


def test_a_browser_without_the_cookie_is_given_one() -> None:
    request = page_in(RequestFactory())
    token = form_token(request)
    assert request.META["CSRF_COOKIE_NEEDS_UPDATE"]
    assert len(token) == 64


def test_each_page_has_a_token_of_its_own_and_all_are_taken(browser: RequestFactory) -> None:
    tokens = {form_token(page_in(browser)) for _page in range(200)}
    assert len(tokens) == 200
    for token in tokens:
        assert answer_to(browser.post("/", {"csrfmiddlewaretoken": token})) is None


def test_the_token_of_another_browser_is_refused(browser: RequestFactory) -> None:
    other = page_in(RequestFactory())
    answer = answer_to(browser.post("/", {"csrfmiddlewaretoken": form_token(other)}))
    assert answer is not None
    assert answer.status_code == 403


def test_no_character_of_a_mask_is_likelier_than_others(browser: RequestFactory) -> None:
    """Else masks would be guessed a little, and secrets with them. The bounds are six standard deviations away."""
    page = page_in(browser)
    found = Counter("".join(form_token(page) for _turn in range(2000)))
    assert set(found) == set(CSRF_ALLOWED_CHARS)
    expected = 2000 * 64 / 62
    assert all(abs(count - expected) < 6 * expected**0.5 for count in found.values())
