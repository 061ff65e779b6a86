"""The product as people use it: `make demo` on free ports, driven in Chromium."""
