"""The WSGI entry point; `LIFEGUARD_SITE` says which of the two sites it serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
# What is loaded by now stays: the collector need not look at it again, and leaves it in the memory that this process
# shares with those that are forked from it (Python documentation, `gc.freeze`).
gc.collect()
gc.freeze()
