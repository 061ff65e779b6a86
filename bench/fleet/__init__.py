"""What `bench/fleet_pages.py` is made of."""
