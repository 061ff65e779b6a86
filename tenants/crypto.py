"""Secrets at rest: AES-256-GCM, bound to where they are kept, under keys that rotate.

The stored form is `key id || 0x00 || nonce || ciphertext`. The context is authenticated (AAD), so that a ciphertext
copied to another row, column or tenant does not decrypt there.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_NONCE_BYTES = 12  # NIST SP 800-38D section 8.2.2: 96 random bits for each encryption.


class DecryptionFailed(Exception):
    """The key is gone, or the ciphertext is not what was written for this context."""


def _associated_data(context: tuple[object, ...]) -> bytes:
    return b"\x1f".join(str(part).encode() for part in context)


def encrypt(plaintext: str, *, context: tuple[object, ...]) -> bytes:
    """Encrypt a secret under the first configured key.

    Args:
        plaintext: the secret.
        context: what names its place, such as `("identity.AppClient", tenant_id, client_id)`; needed again to decrypt.
    """
    key_id, key = next(iter(settings.DATA_KEYS.items()))
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, plaintext.encode(), _associated_data(context))
    return bytes(key_id.encode() + b"\x00" + nonce + sealed)


def decrypt(stored: bytes, *, context: tuple[object, ...]) -> str:
    """Decrypt what `encrypt` returned for the same context.

    Raises:
        DecryptionFailed: unknown key id, changed bytes or another context.
    """
    key_id, _, rest = bytes(stored).partition(b"\x00")
    key = settings.DATA_KEYS.get(key_id.decode(errors="replace"))
    if key is None:
        raise DecryptionFailed(f"No key {key_id!r} is configured; add it back to LIFEGUARD_ENCRYPTION_KEYS.")
    try:
        return AESGCM(key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], _associated_data(context)).decode()
    except InvalidTag as error:
        raise DecryptionFailed("The stored secret does not belong here or was changed.") from error
