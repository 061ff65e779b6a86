"""A Lambda function that asks Lifeguard for the words of a message that Cognito is about to send.

It is a Cognito trigger, "custom message": codes by mail and SMS then wear the brand of the person's own organization,
in their language. What goes wrong is logged and changes nothing, so that Cognito sends its own words. Runtime: Python
3.12, no dependencies beside the SDK that Lambda brings. Environment: LIFEGUARD_MESSAGES_URL and
LIFEGUARD_EVENTS_SECRET_ID; docs/aws/messages.md has the rest.
"""

import base64
import hashlib
import hmac
import json
import logging
import os
import time
import urllib.request
import uuid
from collections.abc import Callable
from functools import cache
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import boto3

# Cognito waits five seconds, of which the function's own start may take some, and then fails what the person was doing.
SECONDS = 2.0
# Lifeguard writes these, and Cognito's own marks are put in their places here: whatever an event has there, it stays.
CODE, USERNAME = "{####}", "{username}"
_WITH_USERNAME = "CustomMessage_AdminCreateUser"
_LOG = logging.getLogger()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Give a message its words; never raises, because that would fail what the person was doing."""
    return with_words(event, lambda: (os.environ["LIFEGUARD_MESSAGES_URL"], _secret()))


def with_words(
    event: dict[str, Any], destination: Callable[[], tuple[str, str]], *, seconds: float = SECONDS
) -> dict[str, Any]:
    """Return the event with Lifeguard's words, or as it came where there are none in time.

    Args:
        event: as Cognito sends it.
        destination: finds out whom to ask, and the secret to sign with.
        seconds: how long all of it may take.
    """
    found: SimpleQueue[dict[str, str] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            found.put(_checked(_ask(_question(event), *destination()), event))
        except Exception as error:  # noqa: BLE001  # Whatever it is, the person gets Cognito's own words.
            found.put(error)

    # A time limit on a socket counts for each step by itself: looking the name up, each address, TLS, the answer.
    Thread(target=ask, daemon=True).start()
    try:
        words = found.get(timeout=seconds)
    except Empty:
        words = TimeoutError(f"Lifeguard did not answer within {seconds} seconds.")
    if isinstance(words, Exception):
        _LOG.error("The message keeps Cognito's own words.", exc_info=words)
        return event
    return {**event, "response": {**(event.get("response") or {}), **words}}


def _question(event: dict[str, Any]) -> dict[str, str]:
    """As little as says whose message it is, and what for: no address, no number, nothing that could be the code."""
    attributes = event["request"].get("userAttributes") or {}
    question = {
        "userPoolId": event["userPoolId"],
        "userName": event["userName"],
        "sub": attributes.get("sub"),
        "triggerSource": event["triggerSource"],
        "locale": attributes.get("locale"),
    }
    return {name: value for name, value in question.items() if value}


def _ask(question: dict[str, str], url: str, secret: str) -> dict[str, Any] | None:
    """Send the question, signed as Standard Webhooks says (specification 1.0.0, "Signature scheme")."""
    body = json.dumps(question)
    message_id, timestamp = str(uuid.uuid4()), str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = hmac.digest(key, f"{message_id}.{timestamp}.{body}".encode(), hashlib.sha256)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
    request = urllib.request.Request(url, data=body.encode(), headers=headers, method="POST")  # noqa: S310  # Ours.
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310  # The operator's own setting.
        # 204: Lifeguard does not know them, and so has no words.
        return json.load(answer) if answer.status == 200 else None


def _checked(words: dict[str, Any] | None, event: dict[str, Any]) -> dict[str, str]:
    """Return the words with Cognito's marks; without one of them, Cognito would refuse to send anything."""
    if words is None:
        return {}
    marks = {CODE: event["request"]["codeParameter"]}
    if event["triggerSource"] == _WITH_USERNAME:
        marks[USERNAME] = event["request"]["usernameParameter"]
    for name in ("emailMessage", "smsMessage"):
        if missing := [mark for mark in marks if mark not in words[name]]:
            raise ValueError(f"Lifeguard's {name} lacks {missing[0]}.")
        for mark, wanted in marks.items():
            words[name] = words[name].replace(mark, wanted)
    return {name: words[name] for name in ("emailSubject", "emailMessage", "smsMessage")}


@cache
def _secret() -> str:
    answer = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["LIFEGUARD_EVENTS_SECRET_ID"])
    return str(answer["SecretString"])
