"""The views of the sign-in host."""
