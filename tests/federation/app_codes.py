"""Authenticator apps that pages set up, and their codes.

A code is good once, in its step of 30 seconds and in the two beside it. One of the step before would be good no more if
a step ended between its making and its check. So an app is set up with the present code, and used with the one after.
"""

import re
import time
from typing import cast

import pyotp

from tests.federation.browser import Browser


def app_on(browser: Browser) -> pyotp.TOTP:
    """The app that a page sets up."""
    secret = re.search(r'data-copy="([A-Z2-7]+)"', browser.text)
    assert secret is not None, browser.text
    return pyotp.TOTP(cast(str, secret[1]))


def next_code(app: pyotp.TOTP) -> str:
    """The code after the present one: newer than what the app was set up with, however lately that was."""
    return app.at(time.time(), counter_offset=1)


def wrong_code(app: pyotp.TOTP) -> str:
    """A code that the app does not have now, nor in the two minutes about now."""
    return next(code for code in map("{:06}".format, range(10)) if not app.verify(code, valid_window=2))
