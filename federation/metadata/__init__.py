"""Metadata of SAML identity providers: reading it safely, saying what is wrong with it, writing it for Cognito. Pure."""

from federation.metadata.model import (
    Certificate,
    Choice,
    Entity,
    Finding,
    MetadataError,
    ParsedMetadata,
    Severity,
)
from federation.metadata.parsing import build, parse

__all__ = [
    "Certificate",
    "Choice",
    "Entity",
    "Finding",
    "MetadataError",
    "ParsedMetadata",
    "Severity",
    "build",
    "parse",
]
