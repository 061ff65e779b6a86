"""The settings of a production installation, for checks that need some.

These are mypy's Django plugin, `check --deploy`, and the look for missing migrations. The values are invented, and
nothing connects to what they name.
"""

import os

_ENVIRONMENT = {
    "LIFEGUARD_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "LIFEGUARD_ENCRYPTION_KEYS": "check:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "LIFEGUARD_DATABASE_URL": "postgresql://lifeguard@database.example/lifeguard",
    "LIFEGUARD_REDIS_URL": "redis://redis.example/0",
    "LIFEGUARD_EMAIL_URL": "smtp://mail.example:25",
    "LIFEGUARD_EMAIL_FROM": "Lifeguard <no-reply@lifeguard.example>",
    "LIFEGUARD_DASHBOARD_URL": "https://dashboard.lifeguard.example",
    "LIFEGUARD_SIGNIN_URL": "https://login.lifeguard.example",
}
os.environ.update(_ENVIRONMENT)

from config.settings import *  # noqa: E402, F403  # Settings are read from the environment when they are imported.
