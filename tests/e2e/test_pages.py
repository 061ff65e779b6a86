"""Every page of the dashboard, found through the URL map, and every sign-in page: for everybody, on every screen."""

import re
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import NewContext, contexts_of
from tests.e2e.demo import Demo
from tests.e2e.inspection import faults_of, focused_after_tab
from tests.e2e.people import DEDICATED, Operator, Person, TenantDraft
from tests.e2e.scene import APPLICATION, Scene, end_drift, set_scene
from tests.support.mail import body_text
from tests.support.url_map import Route, routes
from tests.support.waiting import eventually

pytestmark = pytest.mark.browser

# What answers to no reader: other programs' addresses.
_NOT_PAGES = re.compile(r"healthz|readyz|lifeguard_callback|api|swagger|schema|redoc")
# What belongs to a factor that this operator has not got (tests/e2e/test_operator_factors.py looks at it), and what has
# no page.
_NOT_REACHED = {
    "account_confirm_email",
    "account_reset_password_from_key",
    "mfa_deactivate_totp",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_generate_recovery_codes",
    # Leads to another host, and only while a test is under way.
    "tenant:connection-test-open",
    # A file, and only of a connection that Cognito has.
    "tenant:connection-certificate",
}


@pytest.fixture(scope="module")
def scene(demo: Demo, browser: Browser) -> Iterator[Scene]:
    """A fleet with something in it, set once for all tests here."""
    with contexts_of(browser) as make:
        scene = set_scene(demo, make, users=55)
        yield scene
        # Others come into the same shared pool after us.
        end_drift(scene, "orrin")


def pages_of(*namespaces: str) -> list[Route]:
    """Return the addresses of some namespaces; the empty one holds what is in none."""
    chosen = [route for route in routes() if route.name.rpartition(":")[0] in namespaces]
    return [route for route in chosen if not _NOT_PAGES.search(route.name) and route.name not in _NOT_REACHED]


def inspect(page: Page, scene: Scene, route: Route) -> list[str]:
    """Look at one address, where it answers a reader with a page of its own.

    An address that only takes what a form sends says 405, an export is a file, and what htmx asks for is a part.
    """
    unknown = set(route.parameters) - scene.ids.keys()
    assert not unknown, f"{route}: say in tests/e2e/scene.py what stands for {unknown}"
    address = reverse(route.name, urlconf="config.urls.dashboard", kwargs={n: scene.ids[n] for n in route.parameters})
    url = f"{scene.demo.dashboard}{address}"
    answer = page.request.get(url, max_redirects=0)
    is_page = "text/html" in answer.headers.get("content-type", "") and "<html" in answer.text()
    if answer.status == 405 or (answer.status == 200 and not is_page) or 300 <= answer.status < 400:
        return []
    assert answer.status == 200, f"{route}: {answer.status}"
    page.goto(url)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    return faults_of(page)


def inspect_all(page: Page, scene: Scene, *namespaces: str) -> list[str]:
    """Look at every address of the namespaces; at least some are pages."""
    return [fault for route in pages_of(*namespaces) for fault in inspect(page, scene, route)]


def test_no_page_of_the_operator_has_a_fault(scene: Scene) -> None:
    assert inspect_all(scene.operator, scene, "fleet") == []


def test_no_page_of_the_operators_account_has_a_fault(scene: Scene) -> None:
    assert inspect_all(scene.operator, scene, "") == []


def test_no_page_of_a_tenant_has_a_fault(scene: Scene) -> None:
    assert inspect_all(scene.admin.page, scene, "tenant") == []


def test_no_state_of_the_operators_pages_has_a_fault(scene: Scene) -> None:
    page, home = scene.operator, scene.demo.dashboard
    faults = []
    for address in (
        "/fleet/tenants/?q=nothing-like-it",
        "/fleet/audit/?verify=1",
        "/fleet/sync/?state=failing",
        "/fleet/sync/plans/?q=nothing-like-it",
        "/fleet/sync/drift/?q=orrin",
        "/fleet/sync/drift/?kept=1",
        "/no/",
    ):
        page.goto(f"{home}{address}")
        faults += faults_of(page)
    page.goto(f"{home}/fleet/tenants/")
    page.get_by_role("link", name="Initech Pacific").click()
    # After some minutes without an answer it is a person's matter. Playwright matches an expression against the text
    # with its white space, unlike a string.
    state = page.get_by_role("region", name="In Cognito").locator(".card__actions")
    expect(state).to_have_text(re.compile(r"^\s*(Failing|Blocked)\s*$"))
    faults += faults_of(page)
    page.goto(f"{home}/fleet/tenants/new/")
    page.get_by_label("Name", exact=True).fill("Somebody else")
    page.get_by_label("Slug").fill("halden")
    page.get_by_label("First admin's e-mail address").fill("somebody@else.example")
    page.get_by_role("button", name="Review").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert faults + faults_of(page) == []


def test_no_state_of_a_tenants_pages_has_a_fault(scene: Scene) -> None:
    page, home = scene.admin.page, f"{scene.demo.dashboard}/t/halden"
    faults = []
    connection, domain = (f"/{what}s/{scene.ids[f'{what}_id']}" for what in ("connection", "domain"))
    for address in (
        "/users/?q=nothing-like-it",
        "/audit/?action=user.disabled",
        "/connections/new/?q=nothing-like-it",
        *(f"{connection}/values/?by={way}" for way in ("url", "paste", "fields")),
        f"{connection}/sign-ins/?outcome=refused",
        f"{domain}/rules/new/?for=subdomain",
        f"{domain}/try/?address=ada@halden.example",
    ):
        page.goto(f"{home}{address}")
        faults += faults_of(page)
    page.goto(f"{home}/users/")
    page.get_by_text("Actions for").first.locator("xpath=ancestor::summary").click()
    assert faults + faults_of(page) == []


def test_drift_can_be_decided_about(scene: Scene) -> None:
    """The operator adopts one live value, the tenant's own admin has another restored, and the operator thinks again.

    The admin's page follows the workers by itself; at the end nothing is adopted, as the other tests found it.
    """
    taking, unknown = "A sign-in may take", "Unknown users are answered like wrong passwords"
    operator, fleet = scene.operator, f"{scene.demo.dashboard}/fleet/sync/drift/"
    operator.goto(f"{fleet}?q=orrin")
    card = operator.locator("section[id^=drift-]", has=operator.get_by_role("rowheader", name=taking))
    section = f"section#{card.get_attribute('id')}"
    expect(card.get_by_role("row", name=taking)).to_contain_text("15 minutes")
    card.get_by_role("button", name=f"Adopt {taking}").click()
    expect(operator.get_by_text("Adopted. It counts as ours from now on.")).to_be_visible()

    page = scene.member.page
    page.goto(f"{scene.demo.dashboard}/t/orrin/sync/drift/")
    own = page.locator(section)
    expect(own.get_by_role("table", name="Adopted from Cognito").get_by_role("row", name=taking)).to_contain_text(
        "5 minutes"
    )
    faults = faults_of(page)
    own.get_by_role("button", name=f"Restore ours {unknown}").click()
    expect(own.get_by_role("rowheader", name=unknown)).to_have_count(0)
    expect(own.get_by_role("rowheader", name=taking)).to_have_count(1)

    operator.goto(f"{fleet}?kept=1")
    faults += faults_of(operator)
    operator.locator(section).get_by_role("button", name=f"Return to ours {taking}").click()
    expect(operator.get_by_text("Saved. Applying to Cognito…")).to_be_visible()
    page.goto(page.url)
    expect(own.get_by_role("rowheader", name=taking)).to_have_count(0)
    assert faults == []


def test_a_plan_can_be_asked_for_and_followed(scene: Scene) -> None:
    """By the tenant's own admin, whose page follows the worker by itself."""
    page, home = scene.member.page, f"{scene.demo.dashboard}/t/orrin"
    page.goto(f"{home}/sync/")
    page.get_by_role("button", name="Show me the plan").click()
    expect(page.get_by_text("Shown only; nothing was written.")).to_be_visible()
    expect(page.get_by_text("A worker is looking at Cognito")).to_have_count(0)
    faults = faults_of(page)
    page.goto(f"{home}/sync/plans/")
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", name="Plan", level=1)).to_be_visible()
    assert faults + faults_of(page) == []


def test_no_sign_in_page_has_a_fault(scene: Scene, new_context: NewContext) -> None:
    page, demo = new_context().new_page(), scene.demo
    person = Person(page, demo, "ada@halden.example")
    faults = []
    bare = ["/sign-in", "/halden/invitation/not-a-token", "/oauth2/logout", "/nosuch/sign-in", "/nothing"]
    bare += ["/federation/callback?state=nothing", "/federation/test/callback", "/federation/test/end"]
    bare += [f"/halden/start/{scene.ids['connection_id']}"]
    refused = urlencode({"client_id": "nobody", "response_type": "code"})
    for address in (*bare, f"/oauth2/authorize?{refused}"):
        page.goto(f"{demo.signin}{address}")
        faults += faults_of(page)
    page.goto(f"{demo.dashboard}/t/halden/")
    faults += faults_of(page)
    person.enter_credentials("not the password")
    expect(page.get_by_role("alert")).to_be_visible()
    faults += faults_of(page)
    page.goto(demo.dashboard)
    faults += faults_of(page)
    page.get_by_label("E-mail").fill("nobody@example.com")
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert faults + faults_of(page) == []


def test_no_step_of_signing_in_has_a_fault(scene: Scene, new_context: NewContext) -> None:
    """An invitation, a temporary password, an authenticator app, and a code."""
    admin, home = scene.admin.page, f"{scene.demo.dashboard}/t/halden"
    person = Person(new_context().new_page(), scene.demo, "grace@halden.example")
    admin.goto(f"{home}/users/invite/")
    admin.get_by_label("E-mail").fill(person.email)
    admin.get_by_role("radio", name="Admin").check()
    admin.get_by_role("button", name="Send invitation").click()
    person.page.goto(_link_in(person))
    faults = faults_of(person.page)
    link = person.accept_invitation("Purple-Monkey-Dishwasher-2")
    person.page.goto(link)
    faults += faults_of(person.page)
    temporary = _temporary_password(admin, home, person.email)
    faults += faults_of(admin)
    _require_mfa(admin, home)
    person.page.goto(f"{home}/")
    person.enter_credentials(temporary)
    faults += _at(person.page, "Choose a new password")
    person.choose_new_password("Another-Monkey-Dishwasher-3")
    faults += _at(person.page, "Set up your authenticator app")
    person.enrol_totp()
    expect(person.page.get_by_role("navigation", name="Main")).to_be_attached()
    person.page.context.clear_cookies()
    person.page.goto(f"{home}/")
    person.enter_credentials()
    faults += _at(person.page, "Enter your code")
    assert faults == []


def test_users_are_selected_all_at_once_also_after_filtering(scene: Scene) -> None:
    page = scene.admin.page
    page.goto(f"{scene.demo.dashboard}/t/halden/users/")
    rows, count = page.locator("tbody input[type=checkbox]"), page.locator("#bulk [aria-live]")
    every, disable = page.get_by_label("Select all users on this page"), page.get_by_role("button", name="Disable")
    expect(disable).to_be_disabled()
    every.check()
    expect(count).to_have_text("Selected users: 50")
    expect(disable).to_be_enabled()
    rows.first.uncheck()
    assert every.evaluate("box => box.indeterminate")
    faults = faults_of(page)
    clear = page.get_by_role("link", name="Clear")
    expect(clear).not_to_be_visible()
    page.get_by_role("searchbox").fill("okafor")
    expect(clear).to_be_visible()
    expect(count).to_have_text("Selected users: 0")
    expect(disable).to_be_disabled()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    # The box takes the focus from the search, which must not ask for the list again: that would empty the selection.
    every.click()
    expect(count).to_have_text(f"Selected users: {rows.count()}")
    assert [url for url in asked if "okafor" in url] == []
    assert 0 < rows.count() < 50
    assert faults + faults_of(page) == []
    clear.click()
    expect(clear).not_to_be_visible()


def test_the_keyboard_reaches_everything(scene: Scene) -> None:
    page = scene.operator
    page.goto(f"{scene.demo.dashboard}/fleet/tenants/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.reload()
    seen = [focused_after_tab(page) for _ in range(20)]
    assert [name for name, visible in seen if not visible] == []
    account = page.locator(".topbar__end summary").last
    account.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".menu__item:focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(account).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("orrin")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Orrin Labs", level=1)).to_be_visible()


def test_a_tenant_in_a_shared_pool_is_told_nothing_of_it(scene: Scene) -> None:
    """Neither the pool's name and id nor the other tenants of the installation are in any page or export."""
    page = scene.operator
    page.goto(f"{scene.demo.dashboard}/fleet/cells/pools/")
    identifiers = set(re.findall(r"\blg-[0-9a-f-]{36}|\bus-east-1_\w+", page.locator("#main").inner_text()))
    assert len(identifiers) >= 4
    member, slug = scene.member.page, {"slug": "orrin"}
    addresses = [
        reverse(route.name, urlconf="config.urls.dashboard", kwargs=slug)
        for route in pages_of("tenant")
        if route.parameters == ("slug",)
    ]
    texts = {address: member.request.get(f"{scene.demo.dashboard}{address}").text() for address in addresses}
    told = {a: word for a, text in texts.items() for word in (*identifiers, "Halden", "Initech") if word in text}
    assert told == {}


def test_a_tenant_comes_signs_in_and_is_suspended_without_scripts(scene: Scene, new_context: NewContext) -> None:
    """While it is suspended its sign-in page says that nobody gets in, and not why."""
    operator = Operator(new_context(java_script_enabled=False).new_page(), scene.demo)
    operator.sign_in()
    _onboard_without_scripts(operator, TenantDraft("Soylent", "soylent", DEDICATED, "sol@soylent.example"))
    person = Person(new_context(java_script_enabled=False).new_page(), scene.demo, "sol@soylent.example")
    person.accept_invitation("Correct-Horse-Battery-1")
    person.enter_credentials()
    person.decline_second_factor()
    expect(person.page.get_by_role("heading", name="Soylent", level=1)).to_be_visible()
    person.page.get_by_role("link", name="Users").first.click()
    expect(person.page.get_by_role("heading", name="Users", level=1)).to_be_visible()
    operator.page.get_by_role("link", name="Suspend…").click()
    operator.page.get_by_role("button", name="Suspend tenant").click()
    expect(operator.page.get_by_text("Nobody can sign in until you resume it.")).to_be_visible()
    person.page.goto(f"{scene.demo.dashboard}/t/soylent/")
    expect(person.page.get_by_role("heading", name="Sign-in is not possible here")).to_be_visible()
    assert "suspend" not in person.page.content().lower()
    operator.page.get_by_role("button", name="Resume").click()
    expect(operator.page.get_by_role("link", name="Suspend…")).to_be_visible()
    person.page.goto(f"{scene.demo.dashboard}/t/soylent/")
    expect(person.page.get_by_label("E-mail address")).to_be_visible()


def _onboard_without_scripts(operator: Operator, draft: TenantDraft) -> None:
    page = operator.page
    page.goto(f"{operator.demo.dashboard}/fleet/tenants/new/")
    page.get_by_label("Name", exact=True).fill(draft.name)
    page.locator("select[name=cell]").select_option("local (us-east-1)")
    page.get_by_role("radio", name=draft.isolation).check()
    page.get_by_label("First admin's e-mail address").fill(draft.first_admin)
    page.get_by_label(APPLICATION, exact=True).check()
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Create the tenant").click()
    expect(page.get_by_role("heading", name=draft.name, level=1)).to_be_visible()
    eventually(lambda: _in_sync_after_refresh(page), timeout=30.0)


def _in_sync_after_refresh(page: Page) -> bool:
    """Load the page again, which is how a page without scripts follows."""
    page.reload()
    return page.get_by_text("4 of 4 in sync").is_visible()


def _link_in(person: Person) -> str:
    link = re.search(r"http://\S+/invitation/\S+", body_text(person.newest_mail()))
    assert link
    return link[0]


def _temporary_password(page: Page, home: str, email: str) -> str:
    page.goto(f"{home}/users/?q={email}")
    page.get_by_role("link", name=email).first.click()
    expect(page.get_by_role("heading", name=email, level=1)).to_be_visible()
    page.goto(f"{page.url}temporary-password/")
    page.get_by_role("button", name="Set temporary password").click()
    return page.get_by_role("group", name="Temporary password").locator("code").inner_text()


def _require_mfa(page: Page, home: str) -> None:
    page.goto(f"{home}/sign-in-policy/")
    page.get_by_label("Required").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".topbar").get_by_text("In sync")).to_be_visible()


def _at(page: Page, heading: str) -> list[str]:
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    return faults_of(page)
