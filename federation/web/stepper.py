"""The steps of the wizard: where each one is, and how far one has come."""

from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from federation.connections.settings import needs_secret
from federation.models import Connection


class WizardStep(StrEnum):
    """A step, as `Connection.step` remembers it; each is also the end of its address' name."""

    GUIDE = "guide"
    VALUES = "values"
    MAPPING = "mapping"
    TEST = "test"
    REVIEW = "review"


ORDER = tuple(WizardStep)
_LABELS: dict[WizardStep, Promise] = {
    WizardStep.MAPPING: gettext_lazy("Attributes and groups"),
    WizardStep.TEST: gettext_lazy("Test"),
    WizardStep.REVIEW: gettext_lazy("Review and activate"),
}


@dataclass(frozen=True)
class StepLink:
    """One step, as `components/steps.html` shows it."""

    label: str
    state: str
    url: str


def step_url(connection: Connection, slug: str, step: str) -> str:
    """Return where a step is."""
    return reverse(f"tenant:connection-{step}", args=[slug, connection.pk])


def steps_of(connection: Connection, slug: str, guide_name: str, current: WizardStep) -> list[StepLink]:
    """Return every step; one can go to any of them at any time.

    Args:
        connection: whose wizard it is.
        slug: the tenant's.
        guide_name: what the identity provider is called.
        current: the step that is shown.
    """
    return [
        StepLink(_label(step, guide_name), _state(connection, step, current), step_url(connection, slug, step))
        for step in ORDER
    ]


def furthest(connection: Connection) -> WizardStep:
    """Return the step that the wizard was left at."""
    return WizardStep(connection.step) if connection.step in ORDER else WizardStep.GUIDE


def is_further(connection: Connection, step: WizardStep) -> bool:
    """Say whether a step is beyond the one that the wizard was left at."""
    return ORDER.index(step) > ORDER.index(furthest(connection))


def has_values(connection: Connection) -> bool:
    """Say whether everything that Cognito needs of the identity provider is there."""
    has_secret = connection.current.has_secret or not needs_secret(connection.kind)
    return not connection.settings.missing and has_secret


def _label(step: WizardStep, guide_name: str) -> str:
    if step is WizardStep.GUIDE:
        return _("Set up at %(name)s") % {"name": guide_name}
    if step is WizardStep.VALUES:
        return _("Values from %(name)s") % {"name": guide_name}
    return str(_LABELS[step])


def _state(connection: Connection, step: WizardStep, current: WizardStep) -> str:
    if step is current:
        return "current"
    if step is WizardStep.VALUES:
        done = has_values(connection)
    elif step is WizardStep.TEST:
        done = connection.is_tested
    elif step is WizardStep.REVIEW:
        done = connection.activated_at is not None
    else:
        done = ORDER.index(furthest(connection)) > ORDER.index(step)
    return "done" if done else "ahead"
