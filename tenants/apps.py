"""The app's registration with Django."""

from django.apps import AppConfig


class TenantsConfig(AppConfig):
    """The lowest of the three apps: it imports nothing of ours."""

    name = "tenants"
