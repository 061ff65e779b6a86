"""A Lambda function that forwards events about Cognito users to Lifeguard, signed.

It takes what EventBridge delivers of CloudTrail, and is itself usable as a Cognito trigger (post confirmation, post
authentication …), for which it sends the pool and the `sub` alone. Runtime: Python 3.12, no dependencies beside the SDK
that Lambda brings. Environment: LIFEGUARD_EVENTS_URL and LIFEGUARD_EVENTS_SECRET_ID; docs/aws/events.md has the rest.
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
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Forward one event; what fails raises, so that EventBridge tries again. A trigger gets its event back."""
    url = os.environ["LIFEGUARD_EVENTS_URL"]
    if "triggerSource" not in event:
        send(event, url, _secret(), event.get("id", ""))
        return event
    # A trigger is waited for: one that raises would keep the person out, and the sweep finds the change as well.
    try:
        notice = {"userPoolId": event["userPoolId"], "sub": event["request"]["userAttributes"]["sub"]}
        send(notice, url, _secret(), "")
    except (OSError, KeyError, BotoCoreError, ClientError):
        logging.getLogger().exception("Lifeguard was not told.")
    return event


def send(document: dict[str, Any], url: str, secret: str, message_id: str) -> None:
    """Send a document, signed as Standard Webhooks says (specification 1.0.0, "Signature scheme")."""
    body = json.dumps(document)
    message_id, timestamp = message_id or str(uuid.uuid4()), str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = hmac.digest(key, f"{message_id}.{timestamp}.{body}".encode(), hashlib.sha256)
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
    }
    request = urllib.request.Request(url, data=body.encode(), headers=headers, method="POST")  # noqa: S310  # Ours.
    # A trigger has five seconds in all.
    with urllib.request.urlopen(request, timeout=3):  # noqa: S310  # The operator's own setting.
        return


@cache
def _secret() -> str:
    answer = boto3.client("secretsmanager").get_secret_value(SecretId=os.environ["LIFEGUARD_EVENTS_SECRET_ID"])
    return str(answer["SecretString"])
