"""What is said to whoever sets something: a sentence or two for people, and a word for programs."""

from typing import NamedTuple


class Remark(NamedTuple):
    """One thing to know.

    Args:
        code: what it is about, in a word that stays the same when the sentence does not.
        message: a sentence or two.
    """

    code: str
    message: str
