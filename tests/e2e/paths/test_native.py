"""An application that has Cognito's own pages sign its people in learns from ours at which of its tenants' pools."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.e2e.paths.conftest import KEYBOARD, Kind
from tests.e2e.paths.walk import Walk

pytestmark = pytest.mark.browser

# Native mode wants a pool of the tenant's own.
DEDICATED = {"dedicated": KEYBOARD["dedicated"], "without-scripts": Kind("dedicated", scripts=False)}


@pytest.mark.parametrize("walk", list(DEDICATED.values()), ids=list(DEDICATED), indirect=True)
def test_the_tenant_is_found_for_an_application(walk: Walk) -> None:
    """By a code that is mailed. The application is Orbit here, which begins a sign-in wherever it is told to."""
    ann, slug = walk.somebody("plain", "ann"), walk.tenant("plain")
    client_id = walk.office.ask("native_application", tenant=slug, begins=f"{walk.demo.sample}/sign-in")
    walk.hands.open(f"{walk.demo.signin}/sign-in/for/{client_id}")
    walk.hands.see("Find your organization")
    walk.hands.write("E-mail address", ann.email)
    walk.hands.press("Continue")
    walk.hands.see("Check your mail")
    walk.hands.write("Code from the mail", ann.mailed_code())
    with walk.hands.page.expect_request(f"{walk.demo.sample}/sign-in?**") as begun:
        walk.hands.press("Continue")
    told = {name: values[0] for name, values in parse_qs(urlsplit(begun.value.url).query).items()}
    assert (told["organization"], told["login_hint"]) == (slug, ann.email)
    assert told["iss"].startswith("https://cognito-idp.")
    assert told["client_id"]
    walk.hands.see("Sign in")
