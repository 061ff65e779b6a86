"""Secrets at rest: what is bound to a place opens nowhere else, and keys rotate."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from tenants.crypto import DecryptionFailed, decrypt, encrypt

CONTEXT = ("identity.AppClient", "tenant-1", "client-1")


@given(st.text(max_size=400))
def test_what_was_encrypted_decrypts_in_its_own_place(secret: str) -> None:
    assert decrypt(encrypt(secret, context=CONTEXT), context=CONTEXT) == secret


@pytest.mark.parametrize(
    "other",
    [
        ("identity.AppClient", "tenant-2", "client-1"),
        ("identity.AppClient", "tenant-1"),
        ("identity.AppClienttenant-1", "client-1"),
    ],
)
def test_a_ciphertext_moved_to_another_place_does_not_decrypt(other: tuple[str, ...]) -> None:
    with pytest.raises(DecryptionFailed):
        decrypt(encrypt("s3cret", context=CONTEXT), context=other)


def test_one_changed_bit_is_noticed() -> None:
    sealed = bytearray(encrypt("s3cret", context=CONTEXT))
    sealed[-1] ^= 1
    with pytest.raises(DecryptionFailed):
        decrypt(bytes(sealed), context=CONTEXT)


def test_the_secret_is_not_in_the_stored_form_and_never_the_same_twice() -> None:
    first, second = encrypt("s3cret", context=CONTEXT), encrypt("s3cret", context=CONTEXT)
    assert b"s3cret" not in first
    assert first != second


def test_an_older_key_still_decrypts_after_a_new_one_was_put_first(settings: Settings) -> None:
    sealed = encrypt("s3cret", context=CONTEXT)
    old = settings.DATA_KEYS
    settings.DATA_KEYS = {"k-new": os.urandom(32), **old}
    assert decrypt(sealed, context=CONTEXT) == "s3cret"
    assert encrypt("s3cret", context=CONTEXT).startswith(b"k-new\x00")


def test_a_removed_key_is_named_in_the_error(settings: Settings) -> None:
    sealed = encrypt("s3cret", context=CONTEXT)
    settings.DATA_KEYS = {"k-new": os.urandom(32)}
    with pytest.raises(DecryptionFailed, match="add it back"):
        decrypt(sealed, context=CONTEXT)
