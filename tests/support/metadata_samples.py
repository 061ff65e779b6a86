"""Fills the sample metadata of tests/federation/metadata/samples with new certificates: `python -m` this file.

The samples have the shape of what identity providers publish, and nobody's certificates: those are made here, valid for
a hundred years. Where a file has the same text twice it gets the same certificate twice, as one line or in lines.
"""

import re
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path

from tests.support.certificates import base64_of, certificate, rsa_key

SAMPLES = Path(__file__).resolve().parents[1] / "federation" / "metadata" / "samples"
_CERTIFICATE = re.compile(r"(<(?:\w+:)?X509Certificate(?: [^>]*)?>)(.*?)(</)", re.DOTALL)
_FROM = datetime(2026, 1, 1, tzinfo=UTC)
_UNTIL = datetime(2126, 1, 1, tzinfo=UTC)


def fill(text: str, name: str) -> str:
    """Return sample metadata with new certificates in the place of its old ones, or of marks for them."""
    made: dict[str, str] = {}

    def new(match: re.Match[str]) -> str:
        old = "".join(match.group(2).split())
        if old not in made:
            number = len(made)
            subject = f"{name} sample {number + 1}"
            key = rsa_key(2048, number).public_key()
            made[old] = base64_of(certificate(subject, not_before=_FROM, not_after=_UNTIL, key=key))
        body = made[old]
        if "\n" in match.group(2):
            body = "\n" + "\n".join(textwrap.wrap(body, 64)) + "\n"
        return match.group(1) + body + match.group(3)

    return _CERTIFICATE.sub(new, text)


if __name__ == "__main__":
    for path in sorted(SAMPLES.glob("*.xml")):
        path.write_bytes(fill(path.read_bytes().decode("utf-8"), path.stem).encode("utf-8"))
        sys.stdout.write(f"{path.name}\n")
