"""The office of a demo, and everybody who walks a path."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from tests.e2e.conftest import NewContext
from tests.e2e.demo import Demo
from tests.e2e.inspection import WIDTHS
from tests.e2e.paths.hands import ByKeyboard, Hands, WithoutScripts
from tests.e2e.paths.office import Office
from tests.e2e.paths.walk import Walk
from tests.support.oidc_idp import OidcIdp


@dataclass(frozen=True)
class Kind:
    """One kind of people who walk a path."""

    isolation: str
    scripts: bool
    # A page is the same in a shared pool but for what it says, so that one width shows the faults that are left.
    widths: Sequence[int] = WIDTHS


KEYBOARD = {
    "dedicated": Kind("dedicated", scripts=True),
    "shared": Kind("shared", scripts=True, widths=WIDTHS[:1]),
}
EVERYBODY = {**KEYBOARD, "without-scripts": Kind("shared", scripts=False)}
IN_SHARED = {name: kind for name, kind in EVERYBODY.items() if kind.isolation == "shared"}


@pytest.fixture(scope="package")
def office(demo: Demo) -> Iterator[Office]:
    """The process that sets tenants and people up."""
    opened = Office(demo)
    yield opened
    assert opened.close() == 0


@pytest.fixture(scope="package")
def looked_at() -> dict[str, set[tuple[str, str, bool]]]:
    """The pages that were looked at, by isolation: none is looked at twice."""
    return {kind.isolation: set() for kind in KEYBOARD.values()}


@pytest.fixture(params=list(EVERYBODY.values()), ids=list(EVERYBODY))
def walk(
    request: pytest.FixtureRequest,
    demo: Demo,
    office: Office,
    looked_at: dict[str, set[tuple[str, str, bool]]],
    new_context: NewContext,
) -> Iterator[Walk]:
    """By keyboard in each isolation, where every page on the way is looked at, and once without JavaScript."""
    kind: Kind = request.param
    page = new_context(java_script_enabled=kind.scripts).new_page()
    hands: Hands = ByKeyboard(page, looked_at[kind.isolation], kind.widths) if kind.scripts else WithoutScripts(page)
    yield Walk(demo, office, hands, kind.isolation)
    assert getattr(hands, "faults", []) == []


@pytest.fixture
def domain() -> str:
    """A domain that nobody else has."""
    return f"harbour-{uuid.uuid4().hex[:8]}.example"


@pytest.fixture
def idp(domain: str) -> Iterator[OidcIdp]:
    """An OpenID provider that signs Ada of the domain in without asking."""
    running = OidcIdp()
    running.does.claims = {"sub": uuid.uuid4().hex, "email": f"ada@{domain}"}
    yield running
    running.stop()
