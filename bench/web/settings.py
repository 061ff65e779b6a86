"""Django's settings of the sites under test: the demo's, and addresses at which views of the API stand open."""

from local.settings import *  # noqa: F403  # Django reads every upper-case name of the settings module.
from local.settings import IS_DASHBOARD
from local.settings import ROOT_URLCONF as _ITS_OWN

# The demo looks for a file at each request; production looks once, at the start.
WHITENOISE_AUTOREFRESH = False
ROOT_URLCONF = "bench.web.urls" if IS_DASHBOARD else _ITS_OWN
