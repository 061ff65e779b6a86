"""The pages of a tenant, one noun a module."""
