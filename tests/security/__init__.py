"""Attacks, each written down as a test: what somebody hostile would try, and what must come of it."""
