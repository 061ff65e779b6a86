"""Java regular expressions of the service model, made fit for Python.

The model's patterns use Unicode categories (``\\p{L}``), which Python's `re` lacks, and Java's ASCII ``\\w``.
"""

import functools
import itertools
import re
import sys
import unicodedata

_CATEGORY = re.compile(r"\\p\{([A-Z])\}")


@functools.cache
def _ranges_by_category() -> dict[str, str]:
    ranges: dict[str, list[str]] = {}
    codepoints = range(sys.maxunicode + 1)
    for major, group in itertools.groupby(codepoints, key=lambda point: unicodedata.category(chr(point))[0]):
        points = list(group)
        ranges.setdefault(major, []).append(f"\\U{points[0]:08x}-\\U{points[-1]:08x}")
    return {major: "".join(parts) for major, parts in ranges.items()}


@functools.cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern of the service model; match with `fullmatch`, as Java's ``matches`` does."""
    translated = _CATEGORY.sub(lambda match: _ranges_by_category()[match.group(1)], pattern)
    return re.compile(translated, re.ASCII)
