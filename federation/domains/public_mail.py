"""Domains at which anybody can get an address, so that having one proves nothing about an organization.

`public_mail.txt` has what the large providers offered in November 2026. It need not be complete: a domain that is
missing there still has to be proved in DNS by its owner, which nobody can do for a provider's.
"""

from pathlib import Path

PUBLIC_MAIL = frozenset(Path(__file__).with_suffix(".txt").read_text(encoding="ascii").split())
