"""The tables of `federation`, one noun a module."""
