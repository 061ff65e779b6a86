"""Whether an address in metadata is one that browsers can be sent to."""

from urllib.parse import urlsplit

LONGEST = 2048


def is_web_address(url: str) -> bool:
    """Return whether a text is an absolute http or https address without a password in it.

    The address is put into pages and redirects, so that nothing is guessed: no white space, no control characters.
    """
    if not url or len(url) > LONGEST or not url.isprintable() or any(character in url for character in ' \\"<>{}|^`'):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and parts.username is None
        and parts.password is None
        and not parts.fragment
    )


def is_encrypted(url: str) -> bool:
    """Return whether an address is https."""
    return urlsplit(url).scheme == "https"


def shown(url: str) -> str:
    """Return an address as a message may repeat it."""
    return "".join(character if character.isprintable() else "?" for character in url)[:200]
