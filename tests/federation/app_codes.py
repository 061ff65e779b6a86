"""Codes of an authenticator app, which are good once each, in their step of 30 seconds and in the two beside it.

One of the step before would be good no more if a step ended between its making and its check. So an app is set up with
the present code, and used with the one after it.
"""

import time

import pyotp


def next_code(app: pyotp.TOTP) -> str:
    """The code after the present one: newer than what the app was set up with, however lately that was."""
    return app.at(time.time(), counter_offset=1)
