"""What `manage.py doctor` finds, carried out in the test's process."""

from config.doctor.finding import Finding, Level
from config.doctor.run import findings


def by_check() -> dict[str, Finding]:
    """What doctor finds, by the name of the check; a check that found several shows the worst."""
    order = list(Level)
    found: dict[str, Finding] = {}
    for each in findings():
        if each.check not in found or order.index(each.level) > order.index(found[each.check].level):
            found[each.check] = each
    return found


def assert_told(finding: Finding, level: Level, *words: str) -> None:
    """Check that a finding has a level, and these words in its message or its remedy."""
    assert finding.level is level, finding
    for word in words:
        assert word in f"{finding.message} {finding.remedy}"
    if level is Level.FAILED:
        assert finding.remedy, "a failure without a remedy"
