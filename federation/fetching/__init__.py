"""Fetching what tenants name by URL, without reaching anything but the public internet."""

from federation.fetching.model import Fetched, FetchFailed, FetchRefused

__all__ = ["FetchFailed", "FetchRefused", "Fetched", "fetch"]


def fetch(url: str, *, limit_bytes: int) -> Fetched:
    raise NotImplementedError
