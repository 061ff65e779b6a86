"""An application that wants its answer by a form gets it from a real browser, under our Content Security Policy."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from local.stack.demo import SampleCredentials
from tests.e2e.conftest import NewContext
from tests.e2e.demo import Demo
from tests.e2e.form_post_application import ARRIVED, FormPostApplication, form_post_application
from tests.e2e.inspection import faults_of
from tests.e2e.people import SHARED, Operator, Person, TenantDraft

pytestmark = pytest.mark.browser

NAME, TENANT, SLUG = "Harbour Billing", "Pacific Freight", "pacific"


@pytest.fixture
def application() -> Iterator[FormPostApplication]:
    with form_post_application() as running:
        yield running


def test_the_answer_comes_by_a_form(demo: Demo, new_context: NewContext, application: FormPostApplication) -> None:
    """By itself, right after a sign-in and later by the session alone; without scripts by the button."""
    operator = Operator(new_context().new_page(), demo)
    operator.sign_in()
    credentials = operator.register_application(NAME, application.origin)
    operator.onboard(TenantDraft(TENANT, SLUG, SHARED, "pia@pacific.example"), NAME)

    def ask(page: Page) -> None:
        # The form may be sent before its page has loaded.
        address = application.authorization_address(demo.signin, credentials.client_id, SLUG)
        page.goto(address, wait_until="commit")

    person = Person(new_context().new_page(), demo, "pia@pacific.example")
    person.accept_invitation("Correct-Horse-Battery-1")
    ask(person.page)
    person.enter_credentials()
    person.decline_second_factor()
    came_back(person.page, application, demo, credentials, count=1)
    ask(person.page)
    came_back(person.page, application, demo, credentials, count=2)

    page = new_context(java_script_enabled=False, storage_state=person.page.context.storage_state()).new_page()
    ask(page)
    expect(page.get_by_role("heading", name="Back to the application", level=1)).to_be_visible()
    assert len(application.answers) == 2
    page.get_by_role("button", name="Continue").click()
    came_back(page, application, demo, credentials, count=3)

    # Its script does not come, such as by a bad line; the page is in the brand of the sign-in that it ends.
    page = new_context(storage_state=person.page.context.storage_state()).new_page()
    page.route("**/form-post*.js", lambda route: route.abort())
    ask(page)
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    expect(page).to_have_title(re.compile(TENANT))
    assert faults_of(page) == []


def came_back(
    page: Page, application: FormPostApplication, demo: Demo, credentials: SampleCredentials, *, count: int
) -> None:
    """The application has its `count`th answer, which is in no address and is good for tokens."""
    expect(page.get_by_role("heading", name=ARRIVED)).to_be_visible()
    assert page.url == f"{application.origin}/callback"
    assert len(application.answers) == count
    answer = application.answers[-1]
    assert set(answer) == {"code", "state", "iss"}
    assert (answer["state"], answer["iss"]) == (application.state, demo.signin)
    assert "id_token" in application.exchange(demo.signin, credentials, answer["code"])
