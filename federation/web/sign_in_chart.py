"""The chart of the log of sign-ins, as the values that a template draws as SVG. Pure; colours are the stylesheet's."""

from collections.abc import Sequence
from dataclasses import dataclass

from federation.selectors.auth_events import Day

# In the units of the drawing, which the page stretches to the width that there is.
_BAR, _GAP, HEIGHT = 8, 2, 100


@dataclass(frozen=True)
class SignInChart:
    """One bar a day: those that succeeded below, those kept waiting above them, and those that failed on top.

    Args:
        width, height: of the drawing.
        succeeded, limited, failed: the outlines, as data of SVG paths (SVG 2, section 9.3); empty where there are none.
        highest: how many the highest bar stands for.
    """

    width: int
    height: int
    succeeded: str
    limited: str
    failed: str
    highest: int


def sign_in_chart(days: Sequence[Day]) -> SignInChart:
    """Draw days beside one another, the highest as high as the drawing."""
    highest = max((day.succeeded + day.limited + day.failed for day in days), default=0)
    unit = HEIGHT / highest if highest else 0.0
    succeeded, limited, failed = [], [], []
    for number, day in enumerate(days):
        succeeded.append(_bar(number, 0, day.succeeded, unit))
        limited.append(_bar(number, day.succeeded, day.limited, unit))
        failed.append(_bar(number, day.succeeded + day.limited, day.failed, unit))
    width = max(1, len(days)) * (_BAR + _GAP)
    return SignInChart(width, HEIGHT, "".join(succeeded), "".join(limited), "".join(failed), highest)


def _bar(number: int, below: int, count: int, unit: float) -> str:
    if not count:
        return ""
    bottom = round(HEIGHT - below * unit, 2)
    # What is more than nothing is seen.
    height = round(max(count * unit, 1.0), 2)
    return f"M{number * (_BAR + _GAP)} {bottom}v-{height}h{_BAR}v{height}z"
