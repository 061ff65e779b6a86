"""Attacks on the sign-in flow, against the real pages and the local Cognito."""
