"""Fetching what tenants name by URL, without reaching anything but the public internet.

docs/adr/0016-what-tenants-name-by-url-is-fetched-by-one-function.md has the reasons.
"""

from federation.fetching.fetcher import fetch
from federation.fetching.model import Fetched, FetchError, FetchFailed, FetchRefused

__all__ = ["FetchError", "FetchFailed", "FetchRefused", "Fetched", "fetch"]
