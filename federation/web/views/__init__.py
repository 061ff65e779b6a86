"""What answers at the addresses under /t/<slug>/connections/."""
