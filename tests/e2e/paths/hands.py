"""Two ways to use a page: by keyboard alone, and by clicking without JavaScript. A path is written over both."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.e2e.inspection import faults_of
from tests.e2e.keyboard import Keyboard

# What differs from person to person in the address of a page and in its heading.
_KEYS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]{32,}")
_PERSON = re.compile(r"\S+@\S+")


@dataclass
class Hands(ABC):
    """Somebody before a page of ours."""

    page: Page

    def open(self, address: str) -> None:
        """Type an address."""
        self.page.goto(address)

    @abstractmethod
    def write(self, label: str, text: str) -> None:
        """Replace what is in a field."""

    @abstractmethod
    def press(self, name: str) -> None:
        """Press a button, or follow a link."""

    @abstractmethod
    def choose(self, name: str) -> None:
        """Choose one of several radio buttons or a check box, by the beginning of its name."""

    @abstractmethod
    def select(self, label: str, option: str) -> None:
        """Choose an option of the list with this label."""

    def see(self, heading: str) -> None:
        """Wait for the page with this heading."""
        expect(self.page.get_by_role("heading", name=heading, level=1, exact=True)).to_be_visible()

    def see_part(self, heading: str) -> None:
        """Wait for a part of the page that is not always there, by its heading."""
        expect(self.page.get_by_role("region", name=heading, exact=True)).to_be_visible()

    def is_told(self, text: str) -> None:
        """Wait for a fault, and make sure that it is told to whoever does not see it, and where to go on.

        It is an alert, or belongs to the field that has the focus (WCAG 2.2, 3.3.1 and 4.1.3).
        """
        said = self.page.get_by_text(text)
        expect(said).to_be_visible()
        assert said.evaluate(_IS_TOLD), f"{text!r} is not told to a screen reader"
        where = self.page.evaluate("document.activeElement.tagName")
        assert where != "BODY", f"nothing has the focus beside {text!r}"

    def field(self, label: str) -> Locator:
        """The field with this label."""
        return self.page.get_by_label(label, exact=True)

    def target(self, name: str) -> Locator:
        """The button or link with this name."""
        button = self.page.get_by_role("button", name=name, exact=True)
        return button.or_(self.page.get_by_role("link", name=name, exact=True))

    def option(self, name: str) -> Locator:
        """The radio button or check box whose name begins so."""
        begins = re.compile(f"^{re.escape(name)}")
        return self.page.get_by_role("radio", name=begins).or_(self.page.get_by_role("checkbox", name=begins))


_IS_TOLD = """said => {
    const names = element => (element.getAttribute("aria-describedby") ?? "").split(" ");
    const described = [...document.querySelectorAll("[aria-invalid=true]")].filter(field =>
        names(field).some(id => id && document.getElementById(id)?.contains(said)));
    return said.closest("[role=alert], [role=status]") !== null || described.includes(document.activeElement);
}"""


@dataclass
class ByKeyboard(Hands):
    """Tab, Enter, arrows and typing. Each page on the way is looked at once: see `inspection.faults_of`.

    Args:
        page: the page.
        looked_at: what needs no second look: address without keys, heading, and whether a fault is shown.
        widths: at which a page is looked at, in CSS pixels.
        faults: what was found.
    """

    looked_at: set[tuple[str, str, bool]]
    widths: Sequence[int]
    faults: list[str] = field(default_factory=list)

    def write(self, label: str, text: str) -> None:
        """Tab to the field, and type."""
        Keyboard(self.page).write(self.field(label), text)

    def press(self, name: str) -> None:
        """Tab to it, and press Enter."""
        Keyboard(self.page).press(self.target(name))

    def choose(self, name: str) -> None:
        """Tab to the group, whose chosen button takes the focus, and move by the arrows; a check box takes Space."""
        option = self.option(name)
        if option.get_attribute("type") == "checkbox":
            Keyboard(self.page).reach(option)
            self.page.keyboard.press("Space")
        else:
            group = option.get_attribute("name")
            Keyboard(self.page).reach(self.page.locator(f"input[name={group}]:checked"))
            for _ in range(self.page.locator(f"input[name={group}]").count()):
                if not option.is_checked():
                    self.page.keyboard.press("ArrowDown")
        expect(option).to_be_checked()

    def select(self, label: str, option: str) -> None:
        """Tab to the list, and type."""
        Keyboard(self.page).choose(self.field(label), option)
        expect(self.field(label).locator("option:checked")).to_have_text(option)

    def see(self, heading: str) -> None:
        """Wait for the page, and look at it."""
        super().see(heading)
        self._look(heading, with_fault=False)

    def see_part(self, heading: str) -> None:
        """Wait for the part, and look at the page with it."""
        super().see_part(heading)
        self._look(heading, with_fault=False)

    def is_told(self, text: str) -> None:
        """Wait for the fault, and look at the page with it."""
        super().is_told(text)
        self._look(self.page.get_by_role("heading", level=1).inner_text(), with_fault=True)

    def _look(self, heading: str, *, with_fault: bool) -> None:
        shown = (_KEYS.sub("*", urlsplit(self.page.url).path), _PERSON.sub("*", heading), with_fault)
        if shown not in self.looked_at:
            self.looked_at.add(shown)
            self.faults += faults_of(self.page, self.widths)


@dataclass
class WithoutScripts(Hands):
    """A mouse, in a browser in which JavaScript is off."""

    def write(self, label: str, text: str) -> None:
        """Fill it in."""
        self.field(label).fill(text)

    def press(self, name: str) -> None:
        """Click it."""
        self.target(name).click()

    def choose(self, name: str) -> None:
        """Click its label, as people do whose buttons are drawn as cards."""
        self.option(name).check()

    def select(self, label: str, option: str) -> None:
        """Choose it in the list."""
        self.field(label).select_option(label=option)
