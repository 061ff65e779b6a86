"""What the worker does for sign-in. A message names a row, or nothing; all that is needed is in PostgreSQL."""

import uuid

from celery import shared_task
from django.utils import timezone

from federation.provider.back_channel import tell_logout
from federation.selectors.email_domains import names_to_check
from federation.selectors.metadata_watch import connections_to_check
from federation.services import (
    account_requests,
    back_channel,
    connection_certificates,
    connection_tests,
    domain_proof,
    email_changes,
    housekeeping,
    link_notices,
    metadata_watch,
    number_changes,
    organisation_mail,
    remembered_browsers,
    security_notices,
    signing_keys,
)
from federation.services.email_domains import CHECK_TASK
from federation.signin import account_mail
from tenants.actor import system
from tenants.services.outbox import send_soon

# What one tick sends at most; the next sends the next ones.
_DOMAINS_A_TICK = 200
_CONNECTIONS_A_TICK = 100
_NOTICES_A_TICK = 200
_LOGOUTS_A_TICK = 500
_ACCOUNT_REQUESTS_A_TICK = 200
_NUMBERS_A_TICK = 200
_BROWSERS_A_TICK = 200


@shared_task(name="federation.rotate_signing_keys")
def rotate_signing_keys() -> None:
    """Let the next key sign when the active one has signed for long enough."""
    signing_keys.rotate_signing_keys(now=timezone.now())


@shared_task(name="federation.purge_sign_in_state")
def purge_sign_in_state() -> None:
    """Delete what sign-ins left behind."""
    housekeeping.purge_sign_in_state()


@shared_task(name="federation.sweep_connection_tests")
def sweep_connection_tests() -> None:
    """Close tests of connections that nobody finished, and have those cleaned up that are over."""
    connection_tests.sweep_tests()


@shared_task(name="federation.sweep_certificates")
def sweep_certificates() -> None:
    """Have those certificates of Cognito's looked at again that nobody looked at for a day."""
    connection_certificates.sweep_certificates()


@shared_task(name="federation.mail_organisations")
def mail_organisations(request_id: str) -> None:
    """Mail the code that shows somebody's organisations."""
    organisation_mail.mail_organisations(uuid.UUID(request_id))


@shared_task(name="federation.check_domains")
def check_domains() -> None:
    """Have the domains checked of which a check is due."""
    for name in names_to_check(_DOMAINS_A_TICK):
        send_soon(CHECK_TASK, name)


@shared_task(name=CHECK_TASK)
def check_domain(name: str) -> None:
    """Look for the proofs of one domain; a message too many does nothing."""
    domain_proof.check_domain(name)


@shared_task(name="federation.check_all_metadata")
def check_all_metadata() -> None:
    """Have what identity providers publish looked at where that is due."""
    metadata_watch.enrol()
    for connection_id in connections_to_check(_CONNECTIONS_A_TICK):
        send_soon(metadata_watch.CHECK_TASK, str(connection_id))


@shared_task(name=metadata_watch.CHECK_TASK)
def check_metadata(connection_id: str) -> None:
    """Look at what one connection's identity provider publishes; a message too many does nothing."""
    metadata_watch.check_metadata(uuid.UUID(connection_id))


@shared_task(name="federation.tell_all_linked")
def tell_all_linked() -> None:
    """Have the mails sent that nobody sent when they were owed."""
    for identity_id in link_notices.untold(_NOTICES_A_TICK):
        send_soon(link_notices.TELL_TASK, str(identity_id))


@shared_task(name=link_notices.TELL_TASK)
def tell_linked(identity_id: str) -> None:
    """Mail one user that they come by a connection as well; a message too many does nothing."""
    link_notices.tell(int(identity_id))


@shared_task(name="federation.tell_all_security_notices")
def tell_all_security_notices() -> None:
    """Have the mails sent about changes of how people sign in that nobody sent when they were owed."""
    for notice_id in security_notices.unsent(_NOTICES_A_TICK):
        send_soon(security_notices.TELL_TASK, str(notice_id))


@shared_task(name=security_notices.TELL_TASK)
def tell_security_notice(notice_id: str) -> None:
    """Mail somebody that how they sign in was changed; a message too many does nothing."""
    security_notices.send_notice(int(notice_id))


@shared_task(name="federation.give_numbers_back")
def give_numbers_back() -> None:
    """Let codes go to the number before again of those who began to change theirs, and did not in time."""
    for user_id in number_changes.overdue(_NUMBERS_A_TICK):
        send_soon(number_changes.GIVE_BACK_TASK, user_id)


@shared_task(name=number_changes.GIVE_BACK_TASK)
def give_number_back(user_id: str) -> None:
    """Do it for one user; a message too many does nothing. Where Cognito does not answer, the next tick asks again."""
    number_changes.give_back(user_id, actor=system("Account page"))


@shared_task(name="federation.give_browsers_up")
def give_browsers_up() -> None:
    """Find browsers that spare nobody a second factor any more, for whatever reason."""
    remembered_browsers.give_up_void()


@shared_task(name="federation.forget_browsers")
def forget_browsers() -> None:
    """Have browsers forgotten that were given up."""
    for row_id in remembered_browsers.unused(_BROWSERS_A_TICK):
        send_soon(remembered_browsers.FORGET_TASK, str(row_id))


@shared_task(name=remembered_browsers.FORGET_TASK)
def forget_browser(row_id: str) -> None:
    """Forget one; a message too many does nothing. Where Cognito does not answer, the next tick asks again."""
    remembered_browsers.forget(uuid.UUID(row_id))


@shared_task(name="federation.answer_all_account_requests")
def answer_all_account_requests() -> None:
    """Have those requests answered of which no message arrived, or when Cognito did not answer."""
    for asked_id in account_requests.overdue(_ACCOUNT_REQUESTS_A_TICK):
        send_soon(account_requests.ANSWER_TASK, str(asked_id))


@shared_task(name=account_requests.ANSWER_TASK)
def answer_account_request(asked_id: str) -> None:
    """Mail what one request is worth; a message too many does nothing."""
    account_mail.answer(uuid.UUID(asked_id))


@shared_task(name="federation.tell_all_logouts")
def tell_all_logouts() -> None:
    """Find sessions that are over, however they ended, and have applications told that are owed it."""
    back_channel.owe_for_ended(_LOGOUTS_A_TICK)
    back_channel.wake(back_channel.due(_LOGOUTS_A_TICK))


@shared_task(name=back_channel.TELL_TASK)
def tell_of_logout(notice_id: str) -> None:
    """Tell one application that somebody was signed out; a message too many does nothing."""
    tell_logout(int(notice_id))


@shared_task(name=email_changes.MAIL_TASK)
def mail_email_change(change_id: str) -> None:
    """Mail the code to an address that somebody wants to have; a message too many does nothing."""
    email_changes.mail_code(uuid.UUID(change_id))
