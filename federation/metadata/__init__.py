"""Metadata of SAML identity providers: read safely, judged in words, written for Cognito. Pure."""

from federation.metadata.model import (
    Certificate,
    Choice,
    Entity,
    MetadataError,
    ParsedMetadata,
)
from federation.metadata.parsing import build, parse

__all__ = [
    "Certificate",
    "Choice",
    "Entity",
    "MetadataError",
    "ParsedMetadata",
    "build",
    "parse",
]
