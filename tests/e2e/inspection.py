"""What is looked for on a page: faults that axe-core finds, in both themes and two widths, and sideways scrolling."""

from collections.abc import Mapping, Sequence

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Locator, Page

WIDTHS = (1440, 390)
# What is in order would come back with all its HTML, which takes longer than looking.
_EVERYTHING = {"resultTypes": ["violations"]}
# The themes differ in nothing but colors, so that the second one needs no other rule.
_COLORS_ALONE = {**_EVERYTHING, "runOnly": ["color-contrast", "link-in-text-block"]}
_SETTLED = "Promise.all(document.getAnimations().map(animation => animation.finished.catch(() => null)))"
_HAS_AXE = "typeof axe !== 'undefined'"


def faults_of(page: Page, widths: Sequence[int] = WIDTHS) -> list[str]:
    """Return what is wrong with the page that is shown, in words; empty when nothing is.

    Its size and theme are changed in place. Nothing is waited for but its own files, such as its style, and transitions
    from one theme to the other.

    Args:
        page: the page.
        widths: at which it is looked at, in CSS pixels.
    """
    found: list[str] = []
    page.wait_for_load_state()
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
            page.evaluate(_SETTLED)
            result = _look(page, _COLORS_ALONE if theme == "dark" else _EVERYTHING)
            if result.violations_count:
                found.append(f"{page.url} at {width} px, {theme}: {result.generate_report()}")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{page.url} scrolls sideways at {width} px")
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    return found


def faults_behind(link: Locator) -> list[str]:
    """Follow a link, or press a button, and return what is wrong with the page that it leads to."""
    with link.page.expect_navigation():
        link.click()
    return faults_of(link.page)


def _look(page: Page, options: Mapping[str, object]) -> AxeResults:
    """Run axe-core, which is put into a page once."""
    if not page.evaluate(_HAS_AXE):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate("options => axe.run(options).then(({violations}) => ({violations}))", dict(options))
    return AxeResults(found)


def focused_after_tab(page: Page) -> tuple[str, bool]:
    """Press Tab; return what has the focus, and whether that shows: by an outline or a ring, its own or its label's."""
    page.keyboard.press("Tab")
    name, visible = page.evaluate(
        """() => {
            const element = document.activeElement;
            const shown = [element, ...(element.labels ?? [])].map(shows => getComputedStyle(shows)).some(look =>
                (look.outlineStyle !== "none" && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== "none");
            return [element.outerHTML.slice(0, 120), shown];
        }"""
    )
    return str(name), bool(visible)
