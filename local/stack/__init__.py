"""Starts, watches and stops every server that a machine of one's own needs; runs on the local stack's own Python."""
