"""A mail server that delivers nothing: it keeps every message for the mailbox page and the tests."""
