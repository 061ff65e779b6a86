"""Every path by which somebody comes in, each written once and walked by several kinds of people (`walk.py`)."""
