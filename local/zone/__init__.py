"""The page on which a local stack's TXT records are written, as at a DNS provider."""
