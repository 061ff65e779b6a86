"""Text messages, which no network carries: they are kept, and the control address shows them."""

import uuid
from typing import NamedTuple

from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.store import Store

_KEPT = 200


class Text(NamedTuple):
    """A text message."""

    to: str
    body: str


def send_text(call: Call, text: Text) -> None:
    """Keep a message with the change that it belongs to; the oldest go when there are too many."""
    key = str(uuid.uuid4())
    doc = {"id": key, "to": text.to, "body": text.body, "sent": call.clock.now()}
    call.store.insert("texts", doc, id=key)
    for old in call.store.select("texts")[:-_KEPT]:
        call.store.delete("texts", id=str(old["id"]))


def all_texts(store: Store) -> list[Doc]:
    """What was sent, oldest first: to, body, and when in seconds since the epoch."""
    with store.transaction():
        return [{name: doc[name] for name in ("to", "body", "sent")} for doc in store.select("texts")]
