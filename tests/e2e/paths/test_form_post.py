"""An application that wants its answer by a form gets it from a real browser, under our Content Security Policy."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from local.stack.demo import SampleCredentials
from tests.e2e.form_post_application import ARRIVED, FormPostApplication, form_post_application
from tests.e2e.paths import asking
from tests.e2e.paths.hands import WithoutScripts
from tests.e2e.paths.walk import Walk

pytestmark = pytest.mark.browser


@pytest.fixture
def application() -> Iterator[FormPostApplication]:
    with form_post_application() as running:
        yield running


def test_the_answer_comes_by_a_form(walk: Walk, application: FormPostApplication) -> None:
    """By itself, right after a sign-in and later by the session alone; by the button where no script runs."""
    slug, ann = walk.tenant("plain"), walk.somebody("plain", "ann")
    client_id = walk.office.ask("application_at", tenant=slug, origin=application.origin)
    ask(walk, application, client_id)
    walk.hands.see("Sign in")
    walk.enter(ann)
    for count in (1, 2):
        if count == 2:
            ask(walk, application, client_id)
        if isinstance(walk.hands, WithoutScripts):
            walk.hands.see("Back to the application")
            walk.hands.press("Continue")
        came_back(walk, application, client_id, count=count)
    if not isinstance(walk.hands, WithoutScripts):
        # Its script does not come, such as by a bad line; the page is in the brand of the sign-in that it ends.
        walk.hands.page.route("**/form-post*.js", lambda route: route.abort())
        ask(walk, application, client_id)
        walk.hands.see("Back to the application")
        assert f"House {slug}" in walk.hands.page.title()


def ask(walk: Walk, application: FormPostApplication, client_id: str) -> None:
    """Be sent to us. The form may be sent before its page has loaded."""
    address = application.authorization_address(walk.demo.signin, client_id, walk.tenant("plain"))
    walk.hands.page.goto(address, wait_until="commit")


def came_back(walk: Walk, application: FormPostApplication, client_id: str, *, count: int) -> None:
    """The application has its `count`th answer, which is in no address and is good for tokens."""
    expect(walk.hands.page.get_by_role("heading", name=ARRIVED)).to_be_visible()
    assert walk.hands.page.url == f"{application.origin}/callback"
    assert len(application.answers) == count
    answer = application.answers[-1]
    assert set(answer) == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == (application.state, walk.demo.signin)
    credentials = SampleCredentials(client_id, asking.SECRET)
    assert "id_token" in application.exchange(walk.demo.signin, credentials, answer["code"])
