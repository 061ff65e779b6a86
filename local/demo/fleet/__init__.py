"""A fleet of any size, made up: what `manage.py generate_fleet` writes. The same seed makes the same fleet."""
