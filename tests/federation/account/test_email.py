"""Another e-mail address, by a code that is mailed to it."""

import uuid

import pytest

from federation.models import EmailChange, SecurityNotice
from federation.services import email_changes
from federation.services.email_changes import MAX_CODES, mail_code
from identity.models import DirectoryUser
from tenants.models import AuditEvent, OutboxEntry, Tenant
from tests.factories import DirectoryUserFactory
from tests.federation.account.conftest import a_renewal
from tests.federation.browser import Browser
from tests.federation.linking import prove
from tests.support.codes import mailed_code
from tests.support.mail import Mailbox

pytestmark = pytest.mark.urls("config.urls.signin")


def ask(here: Browser, email: str) -> None:
    """Ask for an address, and have the worker mail the code."""
    here.get("/globex/account/email")
    here.submit(email=email)
    for change in EmailChange.objects.filter(code_hash=""):
        mail_code(change.pk)


def address() -> str:
    """One that no other test writes to."""
    return f"gail-{uuid.uuid4().hex[:8]}@new.example"


def test_an_address_is_changed_with_the_code(here: Browser, gail: DirectoryUser, mailbox: Mailbox) -> None:
    wanted, renewal = address(), a_renewal(gail)
    ask(here, wanted.upper())
    assert wanted in here.text
    code = mailed_code(mailbox, wanted)
    assert here.submit(code="00000000").status_code == 422
    here.submit(code=code)
    assert "Your e-mail address is changed." in here.text
    gail.refresh_from_db()
    assert (gail.email, gail.email_verified) == (wanted, True)
    event = AuditEvent.objects.get(action="user.email_changed")
    assert (event.before, event.after) == ({"email": "gail@globex.example"}, {"email": wanted})
    told = SecurityNotice.objects.filter(kind="email_changed").values_list("email", flat=True)
    assert set(told) == {"gail@globex.example", wanted}
    assert OutboxEntry.objects.filter(key=gail.pk).exists()
    # A link to choose a password, mailed to the address before, is good no more.
    renewal.refresh_from_db()
    assert renewal.revoked_at is not None
    # The code is spent.
    here.get("/globex/account/email/code")
    assert here.address == "/globex/account/email"


def test_a_colleagues_address_is_answered_like_any_other(
    here: Browser, globex: Tenant, gail: DirectoryUser, mailbox: Mailbox
) -> None:
    taken = DirectoryUserFactory.create(tenant=globex, email=address()).email
    ask(here, taken)
    assert here.address == "/globex/account/email/code"
    assert taken in here.text
    assert EmailChange.objects.get().code_hash == ""
    assert mailbox.messages_to(taken) == []
    assert here.submit(code="00000000").status_code == 422


def test_an_address_that_was_taken_meanwhile_is_not_given(
    here: Browser, globex: Tenant, gail: DirectoryUser, mailbox: Mailbox
) -> None:
    wanted = address()
    ask(here, wanted)
    DirectoryUserFactory.create(tenant=globex, email=wanted)
    assert here.submit(code=mailed_code(mailbox, wanted)).status_code == 422
    gail.refresh_from_db()
    assert gail.email == "gail@globex.example"


def test_an_address_that_is_taken_at_the_same_moment_is_not_given(
    here: Browser, globex: Tenant, gail: DirectoryUser, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = address()
    ask(here, wanted)
    DirectoryUserFactory.create(tenant=globex, email=wanted)
    # The other one was not there yet when it was looked up.
    monkeypatch.setattr(email_changes, "_is_taken", lambda change: False)
    assert here.submit(code=mailed_code(mailbox, wanted)).status_code == 422
    gail.refresh_from_db()
    change = EmailChange.objects.get()
    assert (gail.email, change.done_at, change.code_tries) == ("gail@globex.example", None, 1)


def test_codes_cannot_be_guessed_and_only_the_newest_address_counts(
    here: Browser, gail: DirectoryUser, mailbox: Mailbox
) -> None:
    first, second = address(), address()
    ask(here, first)
    of_first = mailed_code(mailbox, first)
    ask(here, second)
    assert here.submit(code=of_first).status_code == 422
    EmailChange.objects.update(code_tries=MAX_CODES)
    assert here.submit(code=mailed_code(mailbox, second)).status_code == 422
    gail.refresh_from_db()
    assert gail.email == "gail@globex.example"


def test_who_is_of_a_proved_domain_stays_in_it(here: Browser, globex: Tenant, gail: DirectoryUser) -> None:
    prove(globex, "globex.example")
    ask(here, address())
    assert "Choose an address of your organization." in here.text
    ask(here, "gail.gardner@globex.example")
    assert here.address == "/globex/account/email/code"


@pytest.mark.usefixtures("one_window")
def test_the_present_address_and_too_many_are_refused(here: Browser, gail: DirectoryUser) -> None:
    ask(here, "gail@globex.example")
    assert "This is the address that you have." in here.text
    wanted = address()
    for _ in range(5):
        ask(here, wanted)
        assert here.address == "/globex/account/email/code"
    ask(here, wanted)
    assert here.page.status_code == 429
    assert email_changes.open_change(gail) is not None
