"""The URL maps of the two sites."""
