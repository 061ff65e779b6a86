"""A person without a mouse: Tab, Enter, and typing. Whatever has the focus on the way must show it."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.e2e.inspection import focused_after_tab

# More than any page has to offer; where one gets stuck, it is found out.
_MOST_STOPS = 200


@dataclass
class Keyboard:
    """The keyboard before one page."""

    page: Page

    def reach(self, target: Locator) -> None:
        """Press Tab until something has the focus."""
        expect(target).to_be_visible()
        for _ in range(_MOST_STOPS):
            if target.evaluate("element => element === document.activeElement"):
                return
            name, visible = focused_after_tab(self.page)
            # Behind the last one comes the browser's own frame, and then the page as a whole.
            assert visible or name.startswith("<body"), name
        raise AssertionError(f"Tab never comes to {target}")

    def press(self, target: Locator) -> None:
        """Go to a link or a button, and press it."""
        self.reach(target)
        self.page.keyboard.press("Enter")

    def write(self, target: Locator, text: str) -> None:
        """Go to a field, and replace what is in it."""
        self.reach(target)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, target: Locator, option: str) -> None:
        """Go to a list, and choose by the beginning of an option's name."""
        self.reach(target)
        self.page.keyboard.type(option)
