"""Django's settings of the server under test: the demo's, and one middleware around everything that measures."""

from local.settings import *  # noqa: F403  # Django reads every upper-case name of the settings module.
from local.settings import MIDDLEWARE as _ITS_OWN

MIDDLEWARE = ["bench.fleet.measure.measured", *_ITS_OWN]
