"""Charts, as the values that a template draws as SVG. Pure; the colours are the stylesheet's."""

from collections.abc import Sequence
from dataclasses import dataclass

# In the units of the drawing, which the page stretches to the width that there is.
_BAR, _GAP, HEIGHT = 8, 2, 100
# The line of what is allowed stays below the upper edge.
_TOP = 8


@dataclass(frozen=True)
class UsageChart:
    """One bar a minute under the line of what is allowed.

    Args:
        width, height: of the drawing.
        bars: the outline of all bars, as the data of an SVG path (SVG 2, section 9.3).
        marks: those of the bars in whose minute something went wrong, to be drawn over the others.
        line: how far down the line of what is allowed is.
    """

    width: int
    height: int
    bars: str
    marks: str
    line: float


def usage_chart(per_minute: Sequence[int], troubled: Sequence[bool], *, allowed: float) -> UsageChart:
    """Draw calls per minute against what is allowed per second; the scale makes room for what is higher than that."""
    highest = max(allowed, *(calls / 60 for calls in per_minute))
    unit = (HEIGHT - _TOP) / highest
    bars = [_bar(number, calls / 60 * unit) if calls else "" for number, calls in enumerate(per_minute)]
    marks = [bar for bar, is_troubled in zip(bars, troubled, strict=True) if is_troubled]
    width = len(per_minute) * (_BAR + _GAP)
    return UsageChart(width, HEIGHT, "".join(bars), "".join(marks), round(HEIGHT - allowed * unit, 2))


def _bar(number: int, height: float) -> str:
    # What is more than nothing is seen.
    height = round(max(height, 1.0), 2)
    return f"M{number * (_BAR + _GAP)} {HEIGHT}v-{height}h{_BAR}v{height}z"
