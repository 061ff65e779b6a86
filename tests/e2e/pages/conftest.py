"""The scene that every page is looked at in. It lives as long as this folder's tests."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import contexts_of
from tests.e2e.demo import Demo
from tests.e2e.scene import Scene, end_drift, set_scene


@pytest.fixture(scope="package")
def scene(demo: Demo, browser: Browser) -> Iterator[Scene]:
    """A fleet with something in it, set once for all tests here."""
    with contexts_of(browser) as make:
        scene = set_scene(demo, make, users=55)
        yield scene
        # Others come into the same shared pool after us.
        end_drift(scene, "orrin")
