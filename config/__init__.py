"""The settings, URL maps, start-up and the pages that compose several apps."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
