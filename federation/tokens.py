"""Opaque tokens: codes, refresh tokens, session cookies. Random, and kept as hashes alone."""

import hashlib
import secrets


def new_token() -> str:
    """Return 256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return what is kept of a token. SHA-256 suffices, since nobody can guess 256 random bits from a dictionary."""
    return hashlib.sha256(token.encode()).hexdigest()
