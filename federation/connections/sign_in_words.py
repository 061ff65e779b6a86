"""A line of a connection's log as administrators read it: what happened, and what to do about it. Pure."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from federation.guides import Guide
from federation.models import FederatedSignIn, SignInOutcome

# By the code of `federation.connections.failures`: what happened, and the next step.
_CAUSES: dict[str, tuple[Promise, Promise]] = {
    "canceled": (
        gettext_lazy("The person stopped at the identity provider, or it did not let them in."),
        gettext_lazy("If it was not on purpose, look at the sign-in log there."),
    ),
    "not_assigned": (
        gettext_lazy("The identity provider does not let this person use the application."),
        gettext_lazy("Assign the application to them there."),
    ),
    "disabled": (
        gettext_lazy("The person is disabled here."),
        gettext_lazy("Enable them under Users, if they are to come in."),
    ),
    "not_invited": (
        gettext_lazy("Nobody here knows the person, and the connection lets nobody new in."),
        gettext_lazy("Invite them, or change whom the connection lets in."),
    ),
    "no_email": (
        gettext_lazy("No e-mail address came with the person."),
        gettext_lazy("Have the identity provider send one, and name it under Attributes and groups."),
    ),
    "not_awaited": (
        gettext_lazy("The person has a user here and never signed in, and no open invitation lets them in this way."),
        gettext_lazy("Send them a new invitation, or change whom the connection lets in."),
    ),
    "email_taken": (
        gettext_lazy(
            "A user with this address signs in otherwise, and the connection takes nobody over by an address."
        ),
        gettext_lazy(
            "Prove the domain of the address and have people connected under Attributes and groups; or delete that "
            "user, so that the person comes in as a new one."
        ),
    ),
    "owner_elsewhere": (
        gettext_lazy("The user with this address is an owner. Owners are never connected by an address."),
        gettext_lazy("Have them sign in with their password, or accept their invitation by the link in the mail."),
    ),
    "role_elsewhere": (
        gettext_lazy("The user has a role in this dashboard, and the connection may not stand for people with one."),
        gettext_lazy(
            "Have them sign in with their password; or have an owner choose, under Attributes and groups, that admins "
            "and auditors are connected, too."
        ),
    ),
    "other_subject": (
        gettext_lazy("Somebody else of this identity provider comes in as the user with this address."),
        gettext_lazy("If the person got another account there, disconnect the old one on the user's page."),
    ),
    "other_connection": (
        gettext_lazy("A user with this address comes by another connection, and has shown nobody that it is theirs."),
        gettext_lazy("Have them come that way; or delete the user, so that the person comes in as a new one."),
    ),
    "address_unproved": (
        gettext_lazy("The user with this address has never shown that its mail reaches them."),
        gettext_lazy("Delete that user and have the person come in as a new one, or have them sign in as before."),
    ),
    "domain_unproved": (
        gettext_lazy(
            "People are connected by addresses of domains that you have proved, and this one is not, or not now."
        ),
        gettext_lazy("Prove the domain under E-mail domains, and have the person try again."),
    ),
    "unlinked": (
        gettext_lazy("Somebody disconnected the person from their user here."),
        gettext_lazy("If they are to come this way again, say so on the user's page."),
    ),
    "other_session": (
        gettext_lazy("Cognito answered for somebody who did not come by this connection."),
        gettext_lazy("Have the person close the browser and try again."),
    ),
    "expired": (
        gettext_lazy("It took too long, or the answer was used before."),
        gettext_lazy("Have the person try again."),
    ),
    "not_accepted": (
        gettext_lazy("Cognito does not accept what the identity provider answered."),
        gettext_lazy("Compare the values on both sides by the guide; what was said is below."),
    ),
}
_ABANDONED = (
    gettext_lazy("Nobody came back from the identity provider or from Cognito within ten minutes."),
    gettext_lazy("The person may have closed the page. If many do, try it yourself: an error may be shown there."),
)


@dataclass(frozen=True)
class Explained:
    """One line: `cause` and `step` are empty where there is nothing to explain."""

    sign_in: FederatedSignIn
    cause: str = ""
    step: str = ""


def explained(sign_in: FederatedSignIn, guide: Guide | None) -> Explained:
    """Return a line with its cause and the next step; a guide's own words go before ours.

    Args:
        sign_in: the line.
        guide: of the connection, if this installation has it.
    """
    if sign_in.state == SignInOutcome.ABANDONED:
        return Explained(sign_in, *map(str, _ABANDONED))
    if sign_in.outcome not in (SignInOutcome.FAILED, SignInOutcome.REFUSED):
        return Explained(sign_in)
    known = guide.mistakes if guide is not None and sign_in.outcome == SignInOutcome.FAILED else ()
    mistake = next((each for each in known if each.explains(sign_in.detail)), None)
    if mistake is not None:
        return Explained(sign_in, mistake.title, mistake.remedy)
    return Explained(sign_in, *cause_and_step(sign_in.code))


def cause_and_step(code: str) -> tuple[str, str]:
    """Return what a code of `federation.connections.failures` means to administrators, and the next step."""
    cause, step = _CAUSES.get(code, (_("It did not succeed."), ""))
    return str(cause), str(step)
