"""The samples that people copy really sign in, sign out, and refuse tokens that they must not take."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

from federation.models import LogoutNotice, TokenFamily
from federation.provider.back_channel import logout_token_claims
from federation.provider.mint import mint_access_token, mint_id_token, sign, subject_of
from federation.services.signing_keys import active_key
from identity.models import DirectoryUser
from tenants.models import Application, Tenant
from tests.federation.conftest import PASSWORD
from tests.federation.integrate.samples import sample
from tests.federation.sites import TwoSites
from tests.support.certificates import rsa_key
from tests.support.processes import LiveProcess
from tests.support.stack_plugin import Stack
from tests.support.waiting import eventually

AUDIENCE = "https://api.sample.example"
COOKIES = {"django": "sessionid", "fastapi": "session", "express": "connect.sid"}


@dataclass
class Running:
    """A sample that runs."""

    origin: str
    process: LiveProcess

    def call(self, authorization: str, organization: object) -> httpx.Response:
        """Call its API."""
        headers = {"Authorization": authorization} if authorization else {}
        return httpx.get(f"{self.origin}/api/organizations/{organization}/me", headers=headers, timeout=60)


@pytest.fixture
def registered(stack: Stack, assigned: Application) -> Application:
    """The samples' registration with the provider."""
    origin = stack.urls.sample
    assigned.redirect_uris, assigned.post_logout_redirect_uris = [f"{origin}/callback"], [f"{origin}/"]
    assigned.audience = AUDIENCE
    assigned.save(update_fields=["redirect_uris", "post_logout_redirect_uris", "audience"])
    return assigned


@contextmanager
def running_sample(name: str, registered: Application, stack: Stack, folder: Path) -> Iterator[Running]:
    """Run one of the samples."""
    told = {
        "LIFEGUARD_ISSUER": settings.SIGNIN_URL,
        "LIFEGUARD_CLIENT_ID": registered.client_id,
        "LIFEGUARD_CLIENT_SECRET": "application-secret",
        "LIFEGUARD_AUDIENCE": AUDIENCE,
        "APP_ORIGIN": stack.urls.sample,
        "APP_SECRET_KEY": "only-of-this-test",
    }
    process = LiveProcess(lambda: sample(name, told, stack.ports.sample, folder))
    process.start()
    try:
        yield Running(stack.urls.sample, process)
    finally:
        process.stop()


# Those of a group share the site, which takes the longest to start; what needs npm is skipped by itself.
@pytest.mark.parametrize("names", [("django", "fastapi"), ("express",)], ids="+".join)
def test_samples(
    names: tuple[str, ...],
    sites: TwoSites,
    ann: DirectoryUser,
    acme: Tenant,
    registered: Application,
    stack: Stack,
    tmp_path: Path,
) -> None:
    for name in names:
        with running_sample(name, registered, stack, tmp_path) as running:
            _signs_in(sites, ann, running)
            _asks_again_within_an_hour(sites, COOKIES[name])
            _takes_only_what_it_must(acme, running, tmp_path)
            if name == "fastapi":
                _hears_of_a_sign_out(sites, running)
            _signs_out(sites, running)


def _signs_in(sites: TwoSites, ann: DirectoryUser, running: Running) -> None:
    sites.open(f"{running.origin}/sign-in?organization=acme")
    sites.submit(email=ann.email, password=PASSWORD)
    assert f"Signed in: {ann.name} ({ann.email}) of acme" in sites.text, (sites.text, running.process.log())
    # An answer that nobody asked for: not from this provider, without a state, and with somebody's code.
    elsewhere = httpx.get(f"{running.origin}/callback?code=c&state=s&iss=https://attacker.example")
    assert elsewhere.status_code in {303, 400}
    assert "Signed in" not in httpx.get(running.origin, cookies=dict(elsewhere.cookies)).text


def _asks_again_within_an_hour(sites: TwoSites, cookie: str) -> None:
    """Who is disabled meanwhile does not stay for as long as their browser does."""
    [kept] = [one for one in sites.signin.cookies.jar if one.name == cookie]
    assert kept.expires is not None
    assert 3500 < kept.expires - time.time() <= 3601


def _hears_of_a_sign_out(sites: TwoSites, running: Running) -> None:
    family = TokenFamily.objects.latest("created_at")
    subject = subject_of(family, "openid profile", (AUDIENCE,))
    notice = LogoutNotice(application=family.application, sid=family.session_id, subject=subject.subject)
    claims, event = logout_token_claims(notice, now=int(time.time())), "logout+jwt"
    without_event = {**claims, "events": {}}
    refused = {
        "no token": "",
        "an ID token": mint_id_token(subject, mint_access_token(subject)),
        "an access token": mint_access_token(subject),
        "of another type": sign(claims, media_type="JWT"),
        "another application's": sign({**claims, "aud": "app_other"}, media_type=event),
        "expired": sign({**claims, "exp": claims["iat"] - 100}, media_type=event),
        "of nothing that ended": sign(without_event, media_type=event),
        "with a nonce": sign({**claims, "nonce": "n"}, media_type=event),
        "another key's": jwt.encode(claims, rsa_key(), "RS256", {"kid": active_key()[0], "typ": event}),
    }
    address = f"{running.origin}/backchannel-logout"
    for what, token in refused.items():
        assert httpx.post(address, data={"logout_token": token}).status_code == 400, what
    # Another session's end is nothing to this one.
    elsewhere = sign({**claims, "sid": "b3b0f9d2-0000-4000-8000-000000000000"}, media_type=event)
    assert httpx.post(address, data={"logout_token": elsewhere}).status_code == 200
    sites.open(running.origin)
    assert "Signed in" in sites.text
    assert httpx.post(address, data={"logout_token": sign(claims, media_type=event)}).status_code == 200
    sites.open(running.origin)
    assert "Signed in" not in sites.text
    # The session at the provider is still there in this test, and signs in again.
    sites.open(f"{running.origin}/sign-in?organization=acme")
    assert "Signed in" in sites.text


def _signs_out(sites: TwoSites, running: Running) -> None:
    foreign = sites.signin.post(f"{running.origin}/sign-out", headers={"Origin": "https://attacker.example"})
    assert foreign.status_code == 403
    hidden = sites.hidden()
    answer = sites.signin.post(f"{running.origin}/sign-out", data=hidden, headers={"Origin": running.origin})
    sites.open(answer.headers["location"])
    assert sites.address.startswith(f"{running.origin}/")
    assert "Sign in" in sites.text
    # It is over at the provider too: no session answers the next time.
    sites.open(f"{running.origin}/sign-in?organization=acme")
    assert 'name="password"' in sites.text


def _takes_only_what_it_must(acme: Tenant, running: Running, tmp_path: Path) -> None:
    family = TokenFamily.objects.latest("created_at")
    subject = subject_of(family, "openid profile", (AUDIENCE,))
    good = mint_access_token(subject)
    fetched = _key_sets_fetched(tmp_path) + 1
    answer = running.call(f"Bearer {good}", acme.pk)
    assert answer.json() == {"person": subject.subject, "organization": str(acme.pk), "roles": []}, (
        running.process.log()
    )
    # The provider writes its line when it has answered.
    eventually(lambda: _key_sets_fetched(tmp_path) == fetched)
    without = running.call("", acme.pk)
    assert (without.status_code, without.json()["error"]) == (401, "invalid_request")
    refused = {"an ID token": mint_id_token(subject, good), "no token": "e30.e30.e30", **_forged(good)}
    for what, token in refused.items():
        answer = running.call(f"Bearer {token}", acme.pk)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token"), (what, answer.text)
        assert answer.headers["www-authenticate"].startswith('Bearer error="invalid_token", error_description="')
    elsewhere = running.call(f"Bearer {good}", "b3b0f9d2-0000-4000-8000-000000000000")
    assert (elsewhere.status_code, elsewhere.json()["error"]) == (403, "insufficient_scope")
    unable = running.call(f"Bearer {mint_access_token(subject_of(family, 'openid', (AUDIENCE,)))}", acme.pk)
    assert (unable.status_code, unable.json()["error"]) == (403, "insufficient_scope")
    # None of it, made-up keys included, made the sample ask the provider for its keys again.
    assert _key_sets_fetched(tmp_path) == fetched


def _forged(good: str) -> dict[str, str]:
    """Tokens like the good one, each with one thing wrong."""
    claims: dict[str, Any] = jwt.decode(good, options={"verify_signature": False})
    kid, key = active_key()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def signed(by: Any = key, algorithm: str = "RS256", *, of: str = kid, typ: str = "at+jwt", **changed: Any) -> str:
        told = {name: value for name, value in (claims | changed).items() if value is not None}
        return jwt.encode(told, by, algorithm=algorithm, headers={"kid": of, "typ": typ})

    return {
        "another API's": signed(aud="https://other.example"),
        "the application's own id as audience": signed(aud=claims["client_id"]),
        "another issuer's": signed(iss="https://attacker.example"),
        "a longer issuer": signed(iss=f"{claims['iss']}.attacker.example"),
        "expired": signed(exp=claims["iat"] - 100),
        "without an end": signed(exp=None),
        "without an organization": signed(org_id=None),
        "without an audience": signed(aud=None),
        "of another type": signed(typ="JWT"),
        "another key's": signed(rsa_key()),
        "a key that nobody has": signed(rsa_key(), of="made-up"),
        "unsigned": signed(None, "none"),
        "signed with the public key as a secret": _hmac({"alg": "HS256", "kid": kid, "typ": "at+jwt"}, claims, public),
        "another algorithm's": signed(algorithm="PS256"),
        "changed": good[:-6] + ("AAAAAA" if good[-6:] != "AAAAAA" else "BBBBBB"),
    }


def _hmac(header: dict[str, str], claims: dict[str, Any], secret: bytes) -> str:
    """A token by HMAC with any secret; PyJWT refuses to make one with a public key."""
    signed = ".".join(_segment(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{_segment(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


def _segment(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def _key_sets_fetched(tmp_path: Path) -> int:
    return (tmp_path / "signin.log").read_text().count('"/oauth2/jwks"')
