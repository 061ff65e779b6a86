"""What goes together in a sign-in policy, and what Cognito forbids, said before it is chosen. Pure.

Source: Amazon Cognito developer guide, "Adding MFA to a user pool".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.translation import gettext as _

from tenants.factor_rules import obstacle
from tenants.factors import POLICY_FACTORS, SecondFactor
from tenants.first_factors import Place, policy_obstacle, pool_obstacle
from tenants.models.policy import MfaPolicy
from tenants.pool_options import FirstFactor


class Verdict(StrEnum):
    """Whether something can be had; keys of `config.statuses`."""

    POSSIBLE = "possible"
    CONDITIONAL = "conditional"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True)
class Cell:
    """Whether something can be had, what there is to know, and beside which MFA mode, where that matters."""

    verdict: Verdict
    because: str = ""
    mode: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One way to begin a sign-in, by MFA mode in the order of `MfaPolicy`."""

    label: str
    cells: Sequence[Cell]


def ways_and_modes(place: Place) -> list[Line]:
    """Return each way to begin a sign-in with what it is beside each MFA mode.

    Args:
        place: where the users sign in.
    """
    password = Line(_("Password"), [_password(mode) for mode in MfaPolicy])
    lines = [
        Line(str(way.label), [replace(_cell(way, mode, place), mode=str(mode.label)) for mode in MfaPolicy])
        for way in FirstFactor
    ]
    return [password, *lines]


def second_factors(place: Place) -> list[tuple[SecondFactor, Cell]]:
    """Return each second factor with whether the pool can ask for it."""
    return [(factor, _availability(factor, place)) for factor in POLICY_FACTORS]


def _password(mode: MfaPolicy) -> Cell:
    if mode is MfaPolicy.OFF:
        because = _("You can do without it, if people may begin with a code by e-mail.")
    else:
        because = _("It cannot be left out: the second factor follows it.")
    return Cell(Verdict.POSSIBLE, because, str(mode.label))


def _cell(way: FirstFactor, mode: MfaPolicy, place: Place) -> Cell:
    if because := pool_obstacle(way, place) or policy_obstacle(way, mode, place):
        return Cell(Verdict.IMPOSSIBLE, because)
    if mode is MfaPolicy.OPTIONAL:
        return Cell(
            Verdict.CONDITIONAL, _("For users without a second factor alone: who sets one up begins with the password.")
        )
    if mode is MfaPolicy.REQUIRED:
        return Cell(Verdict.CONDITIONAL, _("It counts as both factors, for users who have another second factor too."))
    return Cell(Verdict.POSSIBLE)


def _availability(factor: SecondFactor, place: Place) -> Cell:
    if because := obstacle(factor, place.options):
        return Cell(Verdict.IMPOSSIBLE, because)
    if factor is SecondFactor.TOTP:
        return Cell(Verdict.POSSIBLE, _("Always allowed: it needs neither mail nor telephone."))
    if factor is SecondFactor.EMAIL:
        return Cell(
            Verdict.CONDITIONAL,
            _("Who has it cannot reset a forgotten password by e-mail: Cognito sends only one of the two there."),
        )
    because = _("The weakest: numbers can be taken over. AWS bills each message.")
    if not place.shared:
        first = _("Where a second factor is required, Cognito has whoever has no number yet set up an app first.")
        because = f"{because} {first}"
    return Cell(Verdict.CONDITIONAL, because)
