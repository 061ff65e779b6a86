"""The pages about single sign-on, in the tenant's part of the dashboard."""
