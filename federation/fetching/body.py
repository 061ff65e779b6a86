"""Reading an answer's body, decompressed, and no more of it than is wanted."""

import zlib
from collections.abc import Iterable

from federation.fetching.sayings import failed

_MEGABYTE = 1024 * 1024


def read(pieces: Iterable[bytes], *, encoding: str, limit: int) -> bytes:
    """Return a body.

    Args:
        pieces: the body as it comes over the wire.
        encoding: the answer's Content-Encoding.
        limit: how many bytes it may have, compressed and not.

    Raises:
        FetchFailed: it has more, or is compressed in another way than gzip, or is damaged.
    """
    name = encoding.strip().lower()
    if name not in {"", "identity", "gzip", "x-gzip"}:
        raise failed("compression")
    zipped = name.endswith("gzip")
    # 31 is a window of 2^15 with gzip's header. Below, the second argument keeps a bomb from going off: no more is
    # expanded than would be kept.
    expander = zlib.decompressobj(31)
    body, received = bytearray(), 0
    for piece in pieces:
        received += len(piece)
        body += _expanded(expander, piece, limit + 1 - len(body)) if zipped else piece
        if received > limit or len(body) > limit:
            raise failed("too_large", limit=max(1, limit // _MEGABYTE))
    if zipped and received and not expander.eof:
        raise failed("compression")
    return bytes(body)


def _expanded(expander: "zlib._Decompress", piece: bytes, most: int) -> bytes:
    try:
        return expander.decompress(piece, most)
    except zlib.error:
        raise failed("compression") from None
