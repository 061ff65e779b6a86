"""Django's settings of the sites under test: the demo's, and addresses at which views of the API stand open."""

from local.settings import *  # noqa: F403  # Django reads every upper-case name of the settings module.
from local.settings import IS_DASHBOARD
from local.settings import ROOT_URLCONF as _ITS_OWN

ROOT_URLCONF = "bench.web.urls" if IS_DASHBOARD else _ITS_OWN
