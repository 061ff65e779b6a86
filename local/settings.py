"""Django's settings in the demo and in the tests: the product's own, and the pages that only a local stack has."""

from config import settings as product
from config.settings import *  # noqa: F403  # Django reads every upper-case name of the settings module.

_PAGES = ["local.around", "local.mailbox", "local.zone", "local.styleguide"]
INSTALLED_APPS = [*product.INSTALLED_APPS, *_PAGES, "local.demo"]
ROOT_URLCONF = "local.urls" if product.IS_DASHBOARD else product.ROOT_URLCONF

# Static files are served from where they are written, so that an edit shows without a build.
STORAGES = {
    **product.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = True
