"""Whom a server's certificate has to be from. Reading the list takes longer than most requests, and is done once."""

import ssl
from functools import cache

import httpx


@cache
def public_authorities() -> ssl.SSLContext:
    """The authorities that browsers trust; SSL_CERT_FILE in the environment names an installation's own instead."""
    return httpx.create_ssl_context()
