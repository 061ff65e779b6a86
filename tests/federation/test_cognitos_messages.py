"""A code that Cognito sends, from the pool's settings to the mailbox: whose brand, whose language, and that it works.

The pool is told of the function, the local Cognito calls it, it asks Lifeguard's server, signed, and Cognito sends what
came of it.
"""

import threading
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from federation.selectors import sign_in_client
from federation.signin.cognito import client_ref
from identity import auth
from identity.models import DirectoryUser
from identity.services.events import rotate_event_secret
from local.functions.server import INVOCATIONS, load, server
from tenants.actor import system
from tenants.models import Branding, Cell, PoolKind, Tenant
from tests.federation.conftest import MakeTenant, MakeUser, reconcile
from tests.support.codes import mailed_code
from tests.support.cognito import LocalCognito
from tests.support.mail import Mailbox, body_text
from tests.support.pool_settings import FUNCTION, set_on

NEW_PASSWORD = "Another-correct-horse-8"


@pytest.fixture
def function(local_cell: Cell, live_server: LiveServer, cognito: LocalCognito) -> Iterator[None]:
    """The operator's function, where the local Cognito finds it. It has as long as Cognito gives it."""
    secret = rotate_event_secret(local_cell.pk, actor=system("test"))
    destination = live_server.url + reverse("cognito-messages", args=[local_cell.pk]), secret
    module = load()
    running = server("127.0.0.1", 0, lambda event: module.with_words(event, lambda: destination, seconds=60))
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    cognito.serve_functions({FUNCTION: f"http://127.0.0.1:{running.server_port}{INVOCATIONS}"})
    yield
    cognito.serve_functions({FUNCTION: None})
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def neighbours(make_tenant: MakeTenant) -> tuple[Tenant, Tenant]:
    """Two tenants in one pool, whose settings name the function."""
    acme = make_tenant("acme", PoolKind.SHARED)
    globex = make_tenant("globex", beside=acme)
    set_on(acme, triggers={"CustomMessage": FUNCTION})
    reconcile(acme)
    return acme, globex


def forget(user: DirectoryUser, mailbox: Mailbox) -> EmailMessage:
    """Have Cognito send a code for a new password; the mail."""
    client = sign_in_client(user.tenant)
    assert client is not None
    auth.send_reset_code(client_ref(client), user.username)
    return mailbox.wait_for(user.email)


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("html",))
    assert part is not None
    return str(part.get_content())


@pytest.mark.usefixtures("function")
def test_a_forgotten_passwords_code_is_in_the_tenants_brand_and_the_persons_language(
    neighbours: tuple[Tenant, Tenant], make_user: MakeUser, mailbox: Mailbox
) -> None:
    acme, globex = neighbours
    Branding.objects.filter(tenant=acme).update(display_name="Acme Corporation", accent="#0b7285")
    ann, bob = make_user(acme, "ann-words@acme.example"), make_user(globex, "bob-words@globex.example")
    DirectoryUser.objects.filter(pk=ann.pk).update(language="de")
    DirectoryUser.objects.filter(pk=bob.pk).update(language="ja")
    of_ann, of_bob = forget(ann, mailbox), forget(bob, mailbox)
    assert of_ann["Subject"] == "Ihr Code für ein neues Passwort bei Acme Corporation"
    assert of_bob["Subject"] == "Globex の新しいパスワード用のコード"
    assert "#0b7285" in html_of(of_ann)
    assert "#0b7285" not in html_of(of_bob)
    assert "Geben Sie diesen Code auf der Seite ein" in body_text(of_ann)
    client = sign_in_client(acme)
    assert client is not None
    code = mailed_code(mailbox, ann.email)
    auth.confirm_reset(client_ref(client), ann.username, code, NEW_PASSWORD)


@pytest.mark.usefixtures("function")
def test_without_a_secret_that_counts_cognito_has_words_of_its_own(
    neighbours: tuple[Tenant, Tenant], make_user: MakeUser, mailbox: Mailbox, local_cell: Cell
) -> None:
    for _twice in range(2):
        rotate_event_secret(local_cell.pk, actor=system("test"))
    ann = make_user(neighbours[0], "ann-plain@acme.example")
    assert body_text(forget(ann, mailbox)).startswith("Your confirmation code is ")
