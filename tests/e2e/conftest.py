"""The demo and the browser. Both live as long as this package's tests: Playwright's event loop would make Django's
database layer refuse to work in the tests of other packages."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.utils.text import slugify
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from local.stack.ports import Ports
from tests.e2e.demo import Demo
from tests.e2e.people import SHARED, Operator, Person, TenantDraft
from tests.local_stack.running import data_folder
from tests.support.stack_plugin import ROOT

# What a browser that must not phone home is told; as root Chromium cannot make its sandbox.
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page of somebody else's may name other hosts, such as for a font: they are not waited for.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
# A bound for a page that never comes, on a machine with other work to do; nothing is waited for longer than it takes.
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)

# How much later each answer comes. A test that looks at a page before it has come is found out.
LATENCY_MS = int(os.environ.get("LIFEGUARD_LATENCY_MS", "0"))

NewContext = Callable[..., BrowserContext]


@pytest.fixture(scope="package")
def demo() -> Iterator[Demo]:
    """A demo of its own on free ports."""
    with data_folder() as data:
        running = Demo.start(data, Ports.unused())
        yield running
        assert running.stop() == 0


@pytest.fixture(scope="package")
def browser(chromium: Path) -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(chromium), args=CHROMIUM_OPTIONS)
        yield launched
        launched.close()


@pytest.fixture(scope="package")
def admin(demo: Demo, browser: Browser) -> Iterator[Person]:
    """The first admin of the tenant wayne, which shares a pool; signed in."""
    with contexts_of(browser) as make:
        operator = Operator(make().new_page(), demo)
        operator.sign_in()
        operator.register_application("Application of the wizard", demo.sample)
        draft = TenantDraft("Wayne Works", "wayne", SHARED, "wilma@wayne.example")
        operator.onboard(draft, "Application of the wizard")
        person = Person(make().new_page(), demo, draft.first_admin)
        person.accept_invitation("Correct-Horse-Battery-1")
        person.enter_credentials()
        person.decline_second_factor()
        expect(person.page.get_by_role("navigation", name="Main")).to_be_attached()
        yield person


@contextmanager
def contexts_of(browser: Browser) -> Iterator[NewContext]:
    """Makes browser profiles that know nothing of each other. A page that breaks its CSP fails the test."""
    contexts: list[BrowserContext] = []
    violations: list[str] = []

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})  # type: ignore[arg-type]  # Passed.
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", lambda message: violations.append(message.text) if message.type == "error" else None)
        if LATENCY_MS:
            context.on("page", slow_down)
        contexts.append(context)
        return context

    try:
        yield make
    except BaseException:
        keep_pictures(contexts, "while-setting-up")
        raise
    finally:
        for context in contexts:
            context.close()
    assert [text for text in violations if "Content Security Policy" in text] == []


def slow_down(page: Page) -> None:
    """Let each answer to a page come later by `LATENCY_MS` (DevTools protocol, Network.emulateNetworkConditions)."""
    conditions = {"offline": False, "latency": LATENCY_MS, "downloadThroughput": -1, "uploadThroughput": -1}
    tools = page.context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", conditions)


@pytest.fixture
def new_context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[NewContext]:
    """As `contexts_of`, for the length of one test."""
    made: list[BrowserContext] = []
    with contexts_of(browser) as make:

        def remember(**options: object) -> BrowserContext:
            made.append(make(**options))
            return made[-1]

        failed_before = request.session.testsfailed
        yield remember
        if request.session.testsfailed > failed_before:
            keep_pictures(made, request.node.name)


@pytest.fixture
def page(new_context: NewContext) -> Page:
    """A page of a fresh profile."""
    return new_context().new_page()


def keep_pictures(contexts: list[BrowserContext], name: str) -> None:
    """Leave a picture of each page of a failed test, under .local/, which git ignores."""
    folder = ROOT / ".local" / "e2e"
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(page for context in contexts for page in context.pages):
        page.screenshot(path=folder / f"{slugify(name)}-{number}.png", full_page=True)
