"""Which account temporary credentials belong to, learned from the STS answers that pass through the gateway."""

import re
from datetime import datetime

from local.cognito.store import Store

_KEY = re.compile(rb"<AccessKeyId>(ASIA\w+)</AccessKeyId>")
_HOLDER = re.compile(rb"<Arn>arn:aws:sts::(\d{12}):")
_UNTIL = re.compile(rb"<Expiration>([^<]+)</Expiration>")


def remember_issued(store: Store, body: bytes) -> None:
    """Note the credentials in an STS answer (AssumeRole and its kin), if it has any."""
    key, holder, until = _KEY.search(body), _HOLDER.search(body), _UNTIL.search(body)
    if key is None or holder is None or until is None:
        return
    expires = datetime.fromisoformat(until[1].decode()).timestamp()
    doc = {"account": holder[1].decode(), "expires": expires}
    name = f"credentials/{key[1].decode()}"
    with store.transaction():
        store.delete("meta", name=name)
        store.insert("meta", doc, name=name)
