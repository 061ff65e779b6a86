"""Pages with opaque tokens that cannot be made up, or carried to another listing."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from local.cognito.errors import invalid
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.store import Store

_MAC_BYTES = 16
_NONCE_BYTES = 6
_DEFAULT_PAGE = 60


@dataclass(frozen=True)
class Page:
    """What one call lists, and the token for the next call where there is more."""

    items: list[Doc]
    token: str | None


def read_page(
    call: Call,
    fetch: Callable[[str | None, int], list[Doc]],
    key: Callable[[Doc], str],
    *,
    limit_name: str,
    page_member: str = "NextToken",
    most: int = _DEFAULT_PAGE,
) -> Page:
    """One page of a listing.

    Args:
        fetch: given the key to begin after and a limit, returns documents in the order of their key.
        key: the ordering key of a document.
        limit_name: the request's member with the page size; absent or 0 means `most`, which is 60 for most
            operations (B).
    """
    limit = int(call.params.get(limit_name) or most)
    scope = _scope(call, limit_name, page_member)
    token = call.params.get(page_member)
    after = None if token is None else _open_token(call.store, scope, str(token))
    # Pages may be short, or even empty, while a token remains (B:ListUsersRequest).
    limit = limit if call.most_items is None else min(limit, call.most_items)
    items = fetch(after, limit + 1)
    if len(items) <= limit:
        return Page(items, None)
    if limit == 0:
        return Page([], _make_token(call.store, scope, after or ""))
    return Page(items[:limit], _make_token(call.store, scope, key(items[limit - 1])))


def with_token(answer: Doc, page: Page, page_member: str = "NextToken") -> Doc:
    """`answer` with the page's token, where there is one."""
    return answer if page.token is None else {**answer, page_member: page.token}


def _scope(call: Call, *left_out: str) -> str:
    parts = sorted((name, str(value)) for name, value in call.params.items() if name not in left_out)
    return f"{call.operation}|{call.account}|{call.region}|{parts}"


def service_secret(store: Store) -> bytes:
    """A random key of this data directory, made on first use."""
    doc = store.get("meta", name="secret")
    if doc is None:
        doc = {"hex": secrets.token_hex(32)}
        store.insert("meta", doc, name="secret")
    return bytes.fromhex(doc["hex"])


def _mac(store: Store, scope: str, nonce_and_key: bytes) -> bytes:
    message = f"page|{scope}|".encode() + nonce_and_key
    return hmac.digest(service_secret(store), message, hashlib.sha256)[:_MAC_BYTES]


def _make_token(store: Store, scope: str, key: str) -> str:
    # The nonce makes every token another one: botocore's paginators take a token that comes twice for an error.
    content = secrets.token_bytes(_NONCE_BYTES) + key.encode()
    return base64.urlsafe_b64encode(_mac(store, scope, content) + content).decode()


def _open_token(store: Store, scope: str, token: str) -> str:
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
        content = raw[_MAC_BYTES:]
        key = content[_NONCE_BYTES:].decode()
    except (binascii.Error, UnicodeDecodeError) as error:
        raise invalid("Invalid pagination token.") from error
    if not hmac.compare_digest(raw[:_MAC_BYTES], _mac(store, scope, content)):
        raise invalid("Invalid pagination token.")
    return key
