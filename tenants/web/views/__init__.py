"""The pages of `tenants`."""
