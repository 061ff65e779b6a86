"""Keys that Lifeguard keeps: what a browser answers holds for one challenge, one page and one key alone."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from fido2.utils import websafe_decode, websafe_encode

from federation.webauthn import (
    KeyRejected,
    Known,
    Made,
    Party,
    creation_options,
    is_at_or_below,
    origin_of,
    request_options,
    verify_made,
    verify_used,
)
from tests.support.authenticator import Passkey

PARTY = Party("login.example", "https://login.example", "Acme")
HANDLE = b"h" * 32


def made(passkey: Passkey) -> Made:
    """The key as it is kept."""
    options = creation_options(PARTY, handle=HANDLE, account="ada@acme.example", known=[])
    return verify_made(PARTY, options, json.dumps(passkey.made_for(options)))


def test_a_key_is_made_and_used() -> None:
    passkey = Passkey(PARTY.origin, verifies=False)
    kept = made(passkey)
    assert (kept.known.id, kept.known.transports, kept.user_verified) == (passkey.credential_id, ("internal",), False)
    options = request_options(PARTY, [kept.known])
    assert (options["rpId"], options["userVerification"]) == ("login.example", "preferred")
    passkey.verifies = True
    used = verify_used(PARTY, options, [kept.known], HANDLE, passkey.signed(options))
    assert (used.id, used.sign_count, used.user_verified) == (passkey.credential_id, 1, True)
    named = passkey.signed(options, user=HANDLE)
    assert verify_used(PARTY, options, [kept.known], HANDLE, named).sign_count == 2


def test_options_to_make_one_say_what_is_there_and_ask_for_no_attestation() -> None:
    one, other = (
        creation_options(PARTY, handle=HANDLE, account="ada@acme.example", known=[made(Passkey(PARTY.origin)).known])
        for _ in range(2)
    )
    assert (one["rp"]["id"], one["attestation"], len(one["excludeCredentials"])) == ("login.example", "none", 1)
    assert one["authenticatorSelection"]["residentKey"] == "discouraged"
    assert websafe_decode(one["user"]["id"]) == HANDLE
    assert one["challenge"] != other["challenge"]


_ELSEWHERE: list[dict[str, Any]] = [
    {"challenge": websafe_encode(b"c" * 32)},
    {"origin": "https://evil.example"},
    {"origin": "http://login.example"},
    {"origin": "https://sub.login.example"},
    {"origin": "https://login.example:8443"},
    {"rp_id": "evil.example"},
]


@pytest.mark.parametrize("changed", _ELSEWHERE)
def test_neither_holds_for_another_challenge_page_or_host(changed: dict[str, Any]) -> None:
    passkey = Passkey(PARTY.origin)
    creation = creation_options(PARTY, handle=HANDLE, account="ada", known=[])
    with pytest.raises(KeyRejected):
        verify_made(PARTY, creation, json.dumps(passkey.made_for(creation, **changed)))
    kept = made(passkey).known
    options = request_options(PARTY, [kept])
    with pytest.raises(KeyRejected):
        verify_used(PARTY, options, [kept], HANDLE, passkey.signed(options, **changed))


def test_somebody_elses_key_is_none() -> None:
    ours, theirs = Passkey(PARTY.origin), Passkey(PARTY.origin)
    kept = made(ours).known
    options = request_options(PARTY, [kept])
    disguised = Passkey(PARTY.origin, credential_id=ours.credential_id)
    answers = [theirs.signed(options), disguised.signed(options), ours.signed(options, user=b"somebody else")]
    for answer in answers:
        with pytest.raises(KeyRejected):
            verify_used(PARTY, options, [kept], HANDLE, answer)


def _client_data(answer: dict[str, Any], **changed: Any) -> None:
    data = json.loads(websafe_decode(answer["response"]["clientDataJSON"]))
    answer["response"]["clientDataJSON"] = websafe_encode(json.dumps({**data, **changed}).encode())


_SPOILED: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another kind": lambda answer: answer.update(type="password"),
    "another id": lambda answer: answer.update(id=websafe_encode(b"x" * 16), rawId=websafe_encode(b"x" * 16)),
    "within another page": lambda answer: _client_data(answer, crossOrigin=True),
    "of the other ceremony": lambda answer: _client_data(answer, type="webauthn.get"),
    "no origin": lambda answer: _client_data(answer, origin=None),
    "not CBOR": lambda answer: answer["response"].update(attestationObject=websafe_encode(b"\xff" * 50)),
    "deep CBOR": lambda answer: answer["response"].update(attestationObject=websafe_encode(b"\x81" * 9000)),
    "nothing in it": lambda answer: answer.update(response={}),
    "no response": lambda answer: answer.update(response=None),
    "transports of no kind": lambda answer: answer["response"].update(transports=7),
    "too long": lambda answer: answer.update(more="x" * 20_000),
}


@pytest.mark.parametrize("how", _SPOILED)
def test_what_is_spoiled_is_refused_and_breaks_nothing(how: str) -> None:
    options = creation_options(PARTY, handle=HANDLE, account="ada", known=[])
    answer = Passkey(PARTY.origin).made_for(options)
    _SPOILED[how](answer)
    with pytest.raises(KeyRejected):
        verify_made(PARTY, options, json.dumps(answer))


@pytest.mark.parametrize("answer", ["", "null", "[]", "7", '{"type": "public-key"}', "{" * 9000])
def test_what_is_no_answer_is_refused(answer: str) -> None:
    kept = Known(made(Passkey(PARTY.origin)).known.credential)
    with pytest.raises(KeyRejected):
        verify_used(PARTY, request_options(PARTY, [kept]), [kept], HANDLE, answer)
    with pytest.raises(KeyRejected):
        verify_made(PARTY, creation_options(PARTY, handle=HANDLE, account="ada", known=[]), answer)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://login.example", "https://login.example"),
        ("https://Login.example:443/", "https://login.example"),
        ("http://localhost:9100", "http://localhost:9100"),
    ],
)
def test_an_origin_is_as_browsers_write_it(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_a_key_works_at_its_host_and_below() -> None:
    assert is_at_or_below("login.example.com", "login.example.com")
    assert is_at_or_below("login.example.com", "example.com")
    assert not is_at_or_below("login.example.com", "gin.example.com")
    assert not is_at_or_below("example.com", "login.example.com")
