"""Every page of the dashboard, found through the URL map: for everybody, on every screen."""

import re

from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.e2e.inspection import faults_of
from tests.e2e.scene import Scene
from tests.support.url_map import Route, routes

# What answers to no reader: other programs' addresses.
_NOT_PAGES = re.compile(r"healthz|readyz|lifeguard_callback|^api|swagger|schema|redoc")
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
    # A file, and only of an app client without a secret.
    "fleet:application-native-amplify",
    # A file, and only of a connection that Cognito has.
    "tenant:connection-certificate",
}


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
