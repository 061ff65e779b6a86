"""The drawing of a category's last hour."""

import re

from hypothesis import given
from hypothesis import strategies as st

from identity.web.charts import usage_chart

CALLS = st.lists(st.integers(0, 100_000), min_size=60, max_size=60)


@given(CALLS, st.integers(1, 10_000))
def test_every_minute_with_calls_is_a_bar_within_the_drawing(calls: list[int], allowed: int) -> None:
    chart = usage_chart(calls, [False] * 60, allowed=allowed)
    bars = re.findall(r"M(\d+) 100v-([\d.]+)h8", chart.bars)
    assert [int(left) // 10 for left, _ in bars] == [number for number, count in enumerate(calls) if count]
    assert all(0 < float(height) <= chart.height for _, height in bars)
    assert 0 < chart.line <= chart.height
    assert chart.marks == ""


def test_a_bar_at_the_limit_reaches_the_line() -> None:
    chart = usage_chart([50 * 60, 25 * 60], [False, True], allowed=50)
    assert chart.bars == "M0 100v-92.0h8v92.0zM10 100v-46.0h8v46.0z"
    assert chart.line == 8
    assert chart.marks == "M10 100v-46.0h8v46.0z"
