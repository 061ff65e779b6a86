"""Demonstration data, made through the product's own services."""
