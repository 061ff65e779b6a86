"""What the pages ask of the database is the same for who is known and who is not: so nobody reads it off the time."""

from urllib.parse import quote, quote_plus

import pytest

from identity.models import DirectoryUser, UserStatus
from tenants.models import Tenant
from tests.federation.browser import Browser
from tests.federation.conftest import MakeUser
from tests.support.telling import Told, differences, told

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


def test_a_wrong_password_takes_the_same_statements(
    browser: Browser, acme: Tenant, ann: DirectoryUser, make_user: MakeUser
) -> None:
    disabled, invited = make_user(acme, "off@acme.example"), make_user(acme, "new@acme.example")
    DirectoryUser.objects.filter(pk=disabled.pk).update(status=UserStatus.DISABLED)
    DirectoryUser.objects.filter(pk=invited.pk).update(status=UserStatus.INVITED)
    answers: dict[str, Told] = {}
    for email in (ann.email, disabled.email, invited.email, "nobody@acme.example"):
        each = Browser(browser.application)
        each.client.handler.enforce_csrf_checks = False
        each.authorize(organization="acme")
        request_id = each.address.rpartition("request=")[2].partition("&")[0]
        named = [email, quote(email), quote_plus(email), request_id]
        sent = {"email": email, "password": "Wrong-password-77"}
        answers[email] = told(each.client.post, each.address, sent, asked=named)
    known = answers.pop(ann.email)
    assert known.status == 403
    assert len(known.queries) > 5
    assert {email: differences(answer, known) for email, answer in answers.items()} == {email: [] for email in answers}
