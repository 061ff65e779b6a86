"""Whether a password is known from a breach: asked of a service that learns nothing of it, or looked up in a file.

NIST SP 800-63B section 5.1.1.2 asks for it wherever somebody chooses a password. The service is one that answers by
ranges, as Have I Been Pwned does ("Pwned Passwords", API v3): it is sent five of the 40 digits of the SHA-1 hash, and
answers with every hash that begins so (k-anonymity). Padding hides how many those are from who watches the line.

A service that does not answer keeps nobody from choosing a password: that is logged and counted, and it is left alone
for a while.
"""

import hashlib
import mmap
from collections.abc import Iterator
from pathlib import Path

import httpx
import structlog
from django.conf import settings
from prometheus_client import Counter

from tenants.pause import Pause

# Somebody waits before the page meanwhile.
_TIMEOUT = httpx.Timeout(2.0, connect=1.0)
# A range has about a thousand lines of less than 50 bytes.
_MOST_BYTES = 1_000_000
_PREFIX = 5

_log = structlog.get_logger(__name__)
CHECKS = Counter(
    "lifeguard_leaked_password_checks",
    "Passwords that were looked up among those known from breaches; result is leaked, unknown or unavailable.",
    ("result",),
)


class Unavailable(Exception):
    """The service or the file cannot be asked."""


# One process asks one service.
_pause = Pause(seconds=30)


def is_leaked(password: str) -> bool:
    """Say whether a password is known from a breach; False where nothing is configured or nothing answers."""
    if not (settings.LEAKED_PASSWORDS_URL or settings.LEAKED_PASSWORDS_FILE) or not _pause.is_over:
        return False
    try:
        found = look_up(password)
    except Unavailable as error:
        _pause.begin()
        _log.warning("leaked_passwords_unavailable", reason=str(error), accepted_unchecked=True)
        CHECKS.labels("unavailable").inc()
        return False
    CHECKS.labels("leaked" if found else "unknown").inc()
    return found


def look_up(password: str) -> bool:
    """Say whether a password is known from a breach, by whatever is configured.

    Raises:
        Unavailable: it cannot be asked now.
    """
    # What the lists are made of; nothing is protected by it.
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
    if settings.LEAKED_PASSWORDS_URL:
        rest = digest[_PREFIX:]
        return any(line == rest for line in _range(settings.LEAKED_PASSWORDS_URL, digest[:_PREFIX]))
    return _is_in_file(Path(settings.LEAKED_PASSWORDS_FILE), digest)


def _range(service: str, prefix: str) -> Iterator[str]:
    """Yield how the hashes go on that begin with five digits."""
    address, headers = f"{service.rstrip('/')}/{prefix}", {"Add-Padding": "true", "User-Agent": "Lifeguard"}
    text = b""
    try:
        with httpx.stream("GET", address, headers=headers, timeout=_TIMEOUT, follow_redirects=False) as response:
            if response.status_code != httpx.codes.OK:
                raise Unavailable(f"the service answered {response.status_code}")
            for part in response.iter_bytes():
                text += part
                if len(text) > _MOST_BYTES:
                    raise Unavailable("the service's answer is too long")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable(f"the service does not answer: {error}") from error
    for line in text.decode("ascii", "replace").splitlines():
        rest, _colon, times = line.partition(":")
        # Lines that pad are seen zero times.
        if times.strip() != "0":
            yield rest.strip().upper()


def _is_in_file(path: Path, digest: str) -> bool:
    """Look a hash up in a file of them, one a line and sorted, in any case; counts behind a colon are allowed.

    That is what haveibeenpwned-downloader writes. The file is not read but searched, since it may have 40 GB.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            return _is_among(text, digest.encode())
    except (OSError, ValueError) as error:
        raise Unavailable(f"the file cannot be read: {error}") from error


def _is_among(lines: mmap.mmap, wanted: bytes) -> bool:
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high) // 2
        begin = lines.rfind(b"\n", low, middle) + 1 or low
        end = lines.find(b"\n", begin)
        end = len(lines) if end < 0 else end
        found = lines[begin:end].partition(b":")[0].strip().upper()
        if found == wanted:
            return True
        low, high = (end + 1, high) if found < wanted else (low, begin)
    return False
