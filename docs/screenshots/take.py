"""Takes the pictures of the main pages, light and dark, from a demo of its own.

Run in the repository once `make demo` has installed the local stack: `.venv/bin/python -m docs.screenshots.take`.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect, sync_playwright

from local.stack.ports import Ports
from tests.conftest import CHROMIUM
from tests.e2e.conftest import CHROMIUM_OPTIONS, contexts_of
from tests.e2e.demo import Demo
from tests.e2e.scene import Scene, set_scene
from tests.local_stack.running import data_folder

HERE = Path(__file__).parent
THEMES = ("light", "dark")


def pages(scene: Scene) -> Iterator[tuple[str, Page, str]]:
    """Give each page's name, who looks at it, and its address."""
    fleet, tenant = f"{scene.demo.dashboard}/fleet/", f"{scene.demo.dashboard}/t/halden/"
    yield "operator-overview", scene.operator, fleet
    yield "onboarding-review", scene.operator, f"{fleet}tenants/new/{scene.ids['draft_id']}/"
    yield "tenant-detail", scene.operator, f"{fleet}tenants/{scene.ids['tenant_id']}/"
    yield "tenant-overview", scene.admin.page, tenant
    yield "users", scene.admin.page, f"{tenant}users/"
    yield "single-sign-on", scene.admin.page, f"{tenant}connections/{scene.ids['connection_id']}/guide/"
    yield "branding", scene.admin.page, f"{tenant}branding/"
    yield "sign-in-policy", scene.admin.page, f"{tenant}sign-in-policy/"
    scene.admin.page.context.clear_cookies()
    yield "branded-sign-in", scene.admin.page, tenant


def take(name: str, page: Page, address: str) -> None:
    """Save a page in both themes, as high as a window."""
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for theme in THEMES:
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
        picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
        picture.save(HERE / f"{name}-{theme}.png", optimize=True)


def main() -> None:
    """Start a demo, fill it and take every picture."""
    if CHROMIUM is None:
        sys.exit("No Chromium was found on the PATH.")
    with data_folder() as data, sync_playwright() as playwright:
        demo = Demo.start(data, Ports.unused())
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        try:
            with contexts_of(browser) as make:
                for name, page, address in pages(set_scene(demo, make, users=60)):
                    take(name, page, address)
        finally:
            browser.close()
            demo.stop()


if __name__ == "__main__":
    main()
