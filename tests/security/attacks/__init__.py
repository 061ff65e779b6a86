"""Attacks that docs/attacks.md lists and no other test tries."""
