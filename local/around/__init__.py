"""The page at /local/: what runs around Lifeguard in a local stack, and where."""
