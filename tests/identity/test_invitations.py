"""Inviting people, and the mail that the worker sends for it."""

import socketserver
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from pytest_django import Settings

from identity.models import DirectoryUser, UserStatus
from identity.services.bulk import invite_users
from identity.services.invitation_mail import hash_token, send_invitation
from identity.services.invitations import invite_user, resend_invitation, revoke_invitation
from identity.sync.attempt import Attempt
from identity.sync.errors import Blocked, NotYet
from tenants.actor import Actor
from tenants.errors import Conflict, NotFound, PermissionDenied, ValidationFailed
from tenants.models import AuditEvent, Branding, Invitation, OutboxEntry, SyncKind
from tenants.permissions import TenantRole
from tenants.services import outbox
from tenants.services.branding import upload_logo
from tests.factories import TenantCast
from tests.support.mail import Mailbox, body_text
from tests.tenants.logos import png

REFUSED_FOR_GOOD, REFUSED_FOR_NOW = "550 no such mailbox", "450 busy"


@pytest.fixture(autouse=True)
def real_mail(settings: Settings) -> None:
    """Send mail to the stack's server; pytest-django would keep it in a list."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"


def invite(acme: TenantCast, owner: Actor, email: str = "new@acme.example", name: str = "Nora New") -> Invitation:
    """Invite somebody and return the invitation."""
    user = invite_user(acme.tenant, email=email, name=name, role="", actor=owner)
    return Invitation.objects.get(user_id=user.pk, revoked_at__isnull=True)


def send(invitation_id: UUID) -> None:
    """Do what the worker does for a key."""
    lease = outbox.take_lease(SyncKind.INVITATION, invitation_id)
    assert lease is not None
    try:
        send_invitation(Attempt(lease))
    finally:
        OutboxEntry.objects.filter(pk=lease.entry_id).update(lease_token=None, lease_until=None)


def token_in(text: str) -> str:
    """Return the token of the link in a mail."""
    return text.split("/invitation/", 1)[1].split()[0]


def test_inviting_owes_a_mail_and_makes_no_token(acme: TenantCast, owner: Actor) -> None:
    user = invite_user(acme.tenant, email="  Nora@Acme.Example ", name=" Nora   New ", role="", actor=owner)
    assert (user.email, user.name, user.status) == ("nora@acme.example", "Nora New", UserStatus.INVITED)
    invitation = Invitation.objects.get(user_id=user.pk)
    assert (invitation.token_hash, invitation.sent_at) == ("", None)
    assert OutboxEntry.objects.get(kind=SyncKind.INVITATION, key=invitation.pk).is_owed
    assert AuditEvent.objects.get(tenant=acme.tenant, action="user.invited").target_label == "nora@acme.example"


def test_the_mail_carries_a_link_whose_token_only_its_hash_is_kept_of(
    acme: TenantCast, owner: Actor, mailbox: Mailbox
) -> None:
    Branding.objects.filter(tenant=acme.tenant).update(display_name="Acme <Robotics>", accent="#0f766e")
    upload_logo(acme.tenant, png(), actor=owner)
    invitation = invite(acme, owner, email="mail.one@acme.example")
    send(invitation.pk)
    message = mailbox.wait_for("mail.one@acme.example")
    text = body_text(message)
    token = token_in(text)
    invitation.refresh_from_db()
    assert invitation.token_hash == hash_token(token)
    assert token not in invitation.token_hash
    assert f"{django_settings.SIGNIN_URL}/acme/invitation/{token}" in text
    assert len(token) >= 43  # 256 bits in base64url
    assert "7 days" in text
    assert invitation.expires_at.strftime("%H:%M") in text
    assert message["Subject"] == "Your invitation to Acme <Robotics>"
    html = message.get_body(preferencelist=("html",))
    assert html is not None
    content = html.get_content()
    assert "Acme &lt;Robotics&gt;" in content
    assert "Acme <Robotics>" not in content
    assert "#0f766e" in content
    assert 'src="cid:logo"' in content
    pictures = [part for part in message.walk() if part.get_content_type() == "image/png"]
    assert [part["Content-ID"] for part in pictures] == ["<logo>"]


def test_a_mail_is_valid_for_seven_days_from_when_it_is_sent(acme: TenantCast, owner: Actor) -> None:
    invitation = invite(acme, owner)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(days=1))
    send(invitation.pk)
    invitation.refresh_from_db()
    assert invitation.sent_at is not None
    assert timedelta(days=6, hours=23) < invitation.expires_at - timezone.now() < timedelta(days=7, minutes=1)


def test_what_is_sent_or_no_longer_wanted_is_not_sent(acme: TenantCast, owner: Actor, mailbox: Mailbox) -> None:
    sent = invite(acme, owner, email="sent.once@acme.example")
    send(sent.pk)
    mailbox.wait_for("sent.once@acme.example")
    revoked = invite(acme, owner, email="revoked@acme.example")
    revoke_invitation(acme.tenant, revoked.user_id, actor=owner)
    send(revoked.pk)
    gone = invite(acme, owner, email="gone@acme.example")
    DirectoryUser.objects.filter(pk=gone.user_id).update(status=UserStatus.DISABLED)
    send(gone.pk)
    hash_before = Invitation.objects.get(pk=sent.pk).token_hash
    OutboxEntry.objects.filter(key=sent.pk).update(done_gen=0)
    send(sent.pk)
    assert Invitation.objects.get(pk=sent.pk).token_hash == hash_before
    assert len(mailbox.messages_to("sent.once@acme.example")) == 1
    assert not mailbox.messages_to("revoked@acme.example") + mailbox.messages_to("gone@acme.example")


def test_sending_again_makes_a_new_link_and_ends_the_old_one(acme: TenantCast, owner: Actor, mailbox: Mailbox) -> None:
    first = invite(acme, owner, email="again@acme.example")
    send(first.pk)
    second = resend_invitation(acme.tenant, first.user_id, actor=owner)
    send(second.pk)
    mailbox.wait_for("again@acme.example", count=2)
    tokens = {token_in(body_text(message)) for message in mailbox.messages_to("again@acme.example")}
    assert len(tokens) == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert not first.is_open
    assert second.is_open


def test_sessions_of_whoever_is_gone_from_cognito_do_not_come_back(acme: TenantCast, owner: Actor) -> None:
    gone, before = acme.admin, timezone.now()
    DirectoryUser.objects.filter(pk=gone.pk).update(missing_since=before, signed_out_at=None)
    resend_invitation(acme.tenant, gone.pk, actor=owner)
    gone.refresh_from_db()
    assert gone.status == UserStatus.INVITED
    # As accepting leaves it.
    gone.status = UserStatus.ACTIVE
    assert not gone.may_hold_session(before)
    assert gone.may_hold_session(timezone.now())


class _Refusing(socketserver.StreamRequestHandler):
    """A mail server that refuses the recipient."""

    answer = ""

    def handle(self) -> None:
        """Speak SMTP (RFC 5321) as far as RCPT."""
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            answer = self.answer.encode() if word == b"RCPT" else b"250 ok"
            self.wfile.write(answer + b"\r\n")


@pytest.fixture(params=[REFUSED_FOR_GOOD, REFUSED_FOR_NOW])
def refusing(request: pytest.FixtureRequest, settings: Settings) -> Iterator[str]:
    """The answer of a mail server, running, that refuses every recipient with it."""
    handler = type("Handler", (_Refusing,), {"answer": request.param})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever).start()
        settings.EMAIL_HOST, settings.EMAIL_PORT = str(server.server_address[0]), server.server_address[1]
        yield str(request.param)
        server.shutdown()


def test_a_refused_address_is_blocked_for_good_and_tried_again_otherwise(
    acme: TenantCast, owner: Actor, refusing: str
) -> None:
    invitation = invite(acme, owner)
    with pytest.raises(Blocked if refusing == REFUSED_FOR_GOOD else NotYet):
        send(invitation.pk)
    assert Invitation.objects.get(pk=invitation.pk).sent_at is None


def test_while_the_mail_server_is_away_the_mail_stays_owed(
    acme: TenantCast, owner: Actor, mailbox: Mailbox, settings: Settings
) -> None:
    invitation = invite(acme, owner, email="later@acme.example")
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    with pytest.raises(NotYet):
        send(invitation.pk)
    first = Invitation.objects.get(pk=invitation.pk)
    assert first.sent_at is None
    settings.EMAIL_PORT = port
    send(invitation.pk)
    assert hash_token(token_in(body_text(mailbox.wait_for("later@acme.example")))) != first.token_hash


def test_a_taken_address_is_an_error_of_its_field(acme: TenantCast, owner: Actor) -> None:
    with pytest.raises(ValidationFailed) as refused:
        invite_user(acme.tenant, email=acme.admin.email.upper(), name="", role="", actor=owner)
    assert "already" in refused.value.fields["email"]
    assert not Invitation.objects.filter(tenant=acme.tenant).exists()


def test_the_same_address_in_another_tenant_makes_no_difference(
    acme: TenantCast, globex: TenantCast, owner: Actor
) -> None:
    user = invite_user(acme.tenant, email=globex.outsider.email, name="", role="", actor=owner)
    assert user.pk != globex.outsider.pk
    assert not AuditEvent.objects.filter(tenant=globex.tenant).exists()


@pytest.mark.parametrize("email", ["", "no-at-sign", "two@@acme.example", "a b@acme.example", "a\x00@acme.example"])
def test_a_malformed_address_is_refused(acme: TenantCast, owner: Actor, email: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        invite_user(acme.tenant, email=email, name="", role="", actor=owner)
    assert set(refused.value.fields) == {"email"}


def test_only_whoever_may_give_roles_invites_with_one(
    acme: TenantCast, owner: Actor, admin: Actor, operator: Actor
) -> None:
    with pytest.raises(PermissionDenied):
        invite_user(acme.tenant, email="a@acme.example", name="", role=TenantRole.AUDITOR, actor=admin)
    for number, inviter in enumerate((owner, operator)):
        email = f"b{number}@acme.example"
        assert invite_user(acme.tenant, email=email, name="", role=TenantRole.OWNER, actor=inviter).role == "owner"
    with pytest.raises(ValidationFailed):
        invite_user(acme.tenant, email="c@acme.example", name="", role="emperor", actor=owner)
    support = replace(operator, permissions=frozenset())
    with pytest.raises(PermissionDenied):
        invite_user(acme.tenant, email="d@acme.example", name="", role=TenantRole.OWNER, actor=support)


def test_only_an_invited_user_of_this_tenant_is_sent_another(
    acme: TenantCast, globex: TenantCast, owner: Actor
) -> None:
    with pytest.raises(Conflict):
        resend_invitation(acme.tenant, acme.admin.pk, actor=owner)
    with pytest.raises(NotFound):
        resend_invitation(acme.tenant, globex.outsider.pk, actor=owner)
    with pytest.raises(Conflict):
        revoke_invitation(acme.tenant, acme.admin.pk, actor=owner)


def test_of_several_those_that_can_be_are_invited(acme: TenantCast, owner: Actor) -> None:
    lines = f"ada@acme.example, Ada Lovelace\n\nnonsense\n{acme.admin.email}\nalan@acme.example\n"
    result = invite_users(acme.tenant, lines, actor=owner)
    assert result.done == ["ada@acme.example", "alan@acme.example"]
    assert [reason.partition(":")[0] for reason in result.refused] == ["nonsense", acme.admin.email]
    assert DirectoryUser.objects.get(tenant=acme.tenant, email="ada@acme.example").name == "Ada Lovelace"
    with pytest.raises(ValidationFailed):
        invite_users(acme.tenant, "\n".join(f"u{n}@acme.example" for n in range(101)), actor=owner)
