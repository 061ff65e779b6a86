"""The sample's settings; what concerns Lifeguard comes first."""

import os

LIFEGUARD_ISSUER = os.environ["LIFEGUARD_ISSUER"]
LIFEGUARD_AUDIENCE = os.environ["LIFEGUARD_AUDIENCE"]
APP_ORIGIN = os.environ["APP_ORIGIN"]
AUTHLIB_OAUTH_CLIENTS = {
    "lifeguard": {
        "client_id": os.environ["LIFEGUARD_CLIENT_ID"],
        "client_secret": os.environ["LIFEGUARD_CLIENT_SECRET"],
        "server_metadata_url": f"{LIFEGUARD_ISSUER}/.well-known/openid-configuration",
        # Authlib adds a nonce by itself where `openid` is among the scopes, and verifies it.
        "client_kwargs": {"scope": "openid profile email", "code_challenge_method": "S256"},
    }
}
LOGIN_URL = "sign-in"

SECRET_KEY = os.environ["APP_SECRET_KEY"]
ALLOWED_HOSTS = [APP_ORIGIN.partition("//")[2].partition(":")[0]]
# Nobody here hears by itself that somebody was disabled in Lifeguard. After this long they are sent there again, where
# those who may still come in do so without being asked; `callback` counts it from the sign-in.
SESSION_COOKIE_AGE = 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = APP_ORIGIN.startswith("https:")
ROOT_URLCONF = "django_sample.urls"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("APP_DATABASE", "db.sqlite3"),
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
