"""A test of a connection as its page shows it. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from federation.connections import failures
from federation.connections.sign_in_words import cause_and_step
from federation.connections.test_report import CAUSES, Report
from federation.guides import Guide, Mistake, known_guide
from federation.models import ConnectionTest, ConnectionTestState
from federation.web.connection_view import Row
from tenants.permissions import TenantRole

# The look of a state, of `config.statuses`, with words of its own.
_LOOKS: dict[str, tuple[str, Promise]] = {
    ConnectionTestState.PREPARING: ("syncing", _("Being prepared")),
    ConnectionTestState.READY: ("pending", _("Ready to be opened")),
    ConnectionTestState.WAITING: ("running", _("Waiting for you to sign in")),
    ConnectionTestState.PASSED: ("done", _("Passed")),
    ConnectionTestState.FAILED: ("failed", _("Failed")),
    ConnectionTestState.ABANDONED: ("expired", _("Abandoned")),
}
_BECOMES: dict[str, Promise] = {
    "new": _("A new user"),
    "existing": _("A user who is here already"),
    "refused": _("Nobody: they would not be let in"),
}
# What went wrong on the way, of which a guide may know more. Who cancels may have met an error page there.
_EXPLAINED = ("refused", "abandoned", "not_accepted_by_cognito", "no_email", "canceled_here")


@dataclass(frozen=True)
class SentView:
    """A request that was sent."""

    title: str
    address: str
    parameters: Sequence[Row]
    document: str


@dataclass(frozen=True)
class TestView:
    """What there is to say of a test.

    Args:
        look: a status of `config.statuses`.
        words: the status in words.
        cause: why it did not pass, in words.
        mistakes: of the guide, that may be behind it.
        exact: whether they are known to be, by what was said.
        person: who would come in.
        refusal: what a person would read who is not let in; empty for one who is.
        attributes: what came of them.
        token: the claims of our ID token, as JSON; empty where there would be none.
        applications: the roles in each.
        sent: what was asked.
    """

    look: str
    words: str
    cause: str
    mistakes: Sequence[Mistake]
    exact: bool
    person: Sequence[Row]
    refusal: str
    attributes: Sequence[Row]
    token: str
    applications: Sequence[Row]
    sent: Sequence[SentView]


def view_of(test: ConnectionTest, *, connection_name: str, own_guide: Guide | None) -> TestView:
    """Return a test as it is shown."""
    report = Report.from_json(test.report)
    mistakes, exact = explained(test.detail, own_guide, kind=test.connection.kind)
    look, words = _LOOKS[test.state_now]
    code = test.code_now
    return TestView(
        look=look,
        words=str(words),
        cause=str(CAUSES.get(code, "")),
        mistakes=mistakes if code in _EXPLAINED else (),
        exact=exact,
        person=_person(report) if report.status else (),
        refusal=failures.in_words(report.reason, connection_name) if report.reason else "",
        attributes=[Row(name, value, mono=True) for name, value in report.attributes.items()],
        token=json.dumps(report.token, indent=2, ensure_ascii=False) if report.token else "",
        applications=[Row(name, ", ".join(roles) or str(_("No role"))) for name, roles in report.applications.items()],
        sent=_sent(test),
    )


def explained(said: str, own_guide: Guide | None, *, kind: str) -> tuple[Sequence[Mistake], bool]:
    """Return the mistakes that a text points to, and whether it does: where it points to none, all of the guide's."""
    for each in (own_guide, known_guide(f"generic-{kind}")):
        if each is not None and said and (found := each.explanations(said)):
            return found, True
    return (own_guide.mistakes if own_guide is not None else ()), False


def _person(report: Report) -> Sequence[Row]:
    role = str(TenantRole(report.role).label) if report.role else ""
    cause, step = cause_and_step(report.reason) if report.reason else ("", "")
    why = (Row(str(_("Why")), cause), Row(str(_("What to do")), step)) if cause else ()
    return (
        Row(str(_("Would become")), str(_BECOMES[report.status])),
        *why,
        Row(str(_("E-mail address")), report.email),
        Row(str(_("Name")), report.name),
        Row(str(_("Groups there")), ", ".join(report.claimed_groups)),
        Row(str(_("Groups here")), ", ".join(report.groups)),
        Row(str(_("Role here")), role),
    )


def _sent(test: ConnectionTest) -> Sequence[SentView]:
    titles = {"ours": _("From Lifeguard to Cognito"), "theirs": _("From Cognito to the identity provider")}
    return [
        SentView(
            str(title),
            test.sent[name]["address"],
            [Row(key, value, mono=True) for key, value in test.sent[name]["parameters"].items()],
            test.sent[name]["document"],
        )
        for name, title in titles.items()
        if name in test.sent
    ]
