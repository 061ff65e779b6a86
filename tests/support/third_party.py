"""Identity providers that nobody here wrote, each a process of a test's own.

npm's `samlp` and `oidc-provider`, and PyPI's `mock-idp`.

They are installed once into .local/third_party. Where that is not possible, tests that ask for them are skipped and say
why. In CI, which has `CI=true` in its environment, they fail where there is no Node.js or npm.
"""

import fcntl
import functools
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import httpx
import pytest

from local.idp.saml_signing import KeyPair, make_key_pair, metadata

_ROOT = Path(__file__).resolve().parents[2]
_SOURCE = _ROOT / "tests" / "third_party"
_TARGET = _ROOT / ".local" / "third_party"
_PIP_INSTALL = ("--quiet", "--disable-pip-version-check", "--retries", "0", "--require-hashes", "--no-deps")
_INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0", "--fetch-timeout=30000")
# For an answer: a machine with other work to do may take a while.
_SECONDS = 30


def _npm(wanted_by: str) -> str:
    """Return npm's program. Without it, or Node.js, the test is skipped; in CI, which hides skips, it fails."""
    npm = shutil.which("npm")
    if npm is not None and shutil.which("node") is not None:
        return npm
    lacking = f"{wanted_by}: Node.js and npm are not both on the PATH"
    if os.environ.get("CI") == "true":
        pytest.fail(lacking, pytrace=False)
    pytest.skip(lacking)


@functools.cache
def npm_installed(source: Path) -> Path:
    """Copy a folder's files beside the packages of its lock file; skips the test where those cannot be had.

    In CI it fails where there is no Node.js or npm.

    Args:
        source: has `package.json`, `package-lock.json` and scripts.

    Returns:
        the copy, in which `node` finds the packages.
    """
    npm = _npm(source.name)
    lock = (source / "package-lock.json").read_bytes()
    folder = _TARGET / hashlib.sha256(lock).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    stamp = folder / "installed"
    with alone(folder):
        for file in (*source.glob("*.json"), *source.glob("*.mjs"), *source.glob("*.js")):
            # What is there already may be read at this moment, by another run of the tests.
            if not _is_copied(file, folder / file.name):
                shutil.copy(file, folder)
        if not stamp.exists():
            result = subprocess.run([npm, *_INSTALL], cwd=folder, capture_output=True, text=True, check=False)
            if result.returncode != 0:
                pytest.skip(f"{source.name}: npm could not install its packages: {result.stderr.strip()[-300:]}")
            stamp.touch()
    return folder


def _is_copied(file: Path, copy: Path) -> bool:
    return copy.exists() and copy.read_bytes() == file.read_bytes()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait for other runs of the tests that install into a folder, and keep them waiting until the block ends."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@functools.cache
def _mock_idp() -> Path:
    """The program of mock-idp, in a virtual environment of its own; skips the test where it cannot be had."""
    wanted = _SOURCE / "mock-idp.txt"
    folder = _TARGET / f"mock-idp-{hashlib.sha256(wanted.read_bytes()).hexdigest()[:12]}"
    program, stamp = folder / "bin" / "mock-idp", folder / "installed"
    if not stamp.exists():
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        install = (
            *("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "0"),
            "--require-hashes",
        )
        command = [str(folder / "bin" / "python"), *install, "--no-deps", "-r", str(wanted)]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            pytest.skip(
                f"third-party identity providers: pip could not install mock-idp: {result.stderr.strip()[-300:]}"
            )
        stamp.touch()
    return program


class MockIdp:
    """`mock-idp` for one service provider, by the redirect binding at ``/saml``; it knows charlie, password snoopy.

    A strict service provider never takes what it says: its certificate has expired, recipient and times of its
    assertions are those of an example that ended in 2024, and it forgets the relay state. It is here because of that.
    """

    def __init__(self, folder: Path, audience: str, acs: str) -> None:
        person = {"first_name": "Charlie", "last_name": "Brown", "email": "charlie@acme.example", "password": "snoopy"}
        # JSON is YAML too.
        config = {"service_providers": [{"name": audience, "response_url": acs}], "users": {"charlie": person}}
        (folder / "mockidp.yaml").write_text(json.dumps(config))
        program = _mock_idp()
        command = [str(program), "--port", "0"]
        self.process = subprocess.Popen(
            command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
        )
        log: IO[str] | None = self.process.stderr
        assert log is not None
        found = next(match for text in log if (match := re.search(r"Running on (http://[0-9.:]+)", text)))
        self.url = found[1]
        [certificate] = program.parents[1].glob("lib/python*/site-packages/mockidp/keys/cert.pem")
        self._certificate = certificate.read_text()

    def metadata(self, pair: KeyPair | None = None) -> str:
        """Metadata for it, which it has none of; with another certificate than its own where a pair is given."""
        own = KeyPair("", self._certificate[self._certificate.index("-----BEGIN") :])
        return metadata(f"{self.url}/saml", f"{self.url}/saml", pair or own)

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        with self.process:
            self.process.wait()


class _NodeServer:
    """A script of tests/third_party that has been told what it needs, and where it listens."""

    def __init__(self, script: str, told: dict[str, Any]) -> None:
        folder = npm_installed(_SOURCE)
        self.process = subprocess.Popen(
            [str(shutil.which("node")), script],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Both warn of their development settings there.
            stderr=subprocess.DEVNULL,
            text=True,
        )
        given: IO[str] | None = self.process.stdin
        output: IO[str] | None = self.process.stdout
        assert given is not None
        assert output is not None
        given.write(json.dumps(told) + "\n")
        given.flush()
        # oidc-provider says more than where it is.
        line = next(text for text in output if text.startswith("listening on "))
        self.url = line.removeprefix("listening on ").strip()

    def stop(self) -> None:
        """End it."""
        self.process.send_signal(signal.SIGTERM)
        with self.process:
            self.process.wait()


class ThirdPartySaml(_NodeServer):
    """`samlp`: it signs everybody in as one user, by the redirect binding at ``/sso``; metadata is at ``/metadata``."""

    def __init__(self) -> None:
        pair = make_key_pair("samlp.example")
        super().__init__("saml.mjs", {"issuer": "urn:third-party:samlp", "key": pair.key, "cert": pair.certificate})

    def set_up(self, **config: Any) -> None:
        """Its administration: `acs`, `audience` (empty: that of the request), `user`, `signResponse`.

        With `asks` people press a button before they are signed in.
        `encryptionCert` and `encryptionPublicKey`, both PEM, are those of whom the assertion is encrypted for.
        With `signingCert`, PEM, requests must be signed; `sessionIndex` goes out, and `slo` takes answers to logouts.
        """
        person = {
            "id": "samlp-1",
            "displayName": "Noor Haddad",
            "name": {"givenName": "Noor", "familyName": "Haddad"},
            "emails": [{"value": "noor@acme.example"}],
        }
        answer = httpx.put(f"{self.url}/config", json={"user": person, **config}, timeout=_SECONDS)
        assert answer.status_code == 204

    def metadata(self) -> str:
        """Its metadata."""
        return httpx.get(f"{self.url}/metadata", timeout=_SECONDS).text


# What a change has to repeat of a client.
_CLIENT = ("client_id", "client_secret", "redirect_uris", "token_endpoint_auth_method")


class ThirdPartyOidc(_NodeServer):
    """`oidc-provider`; its pages take any name and password, and then ask for consent.

    Args:
        redirect_uri: of one client that it knows from the start; others are registered.
        domain: of everybody's e-mail address.
    """

    client_id = "lifeguard"
    client_secret = "third-party-secret-of-the-client"

    def __init__(self, redirect_uri: str = "", *, domain: str = "acme.example") -> None:
        client = {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "redirect_uris": [redirect_uri],
            "token_endpoint_auth_method": "client_secret_post",
        }
        super().__init__("oidc.mjs", {"clients": [client] if redirect_uri else [], "domain": domain})

    def register(self, **metadata: Any) -> dict[str, Any]:
        """Register a client (RFC 7591).

        Returns:
            what is known of it: `client_id`, `client_secret`, and what `change` needs.
        """
        answer = httpx.post(f"{self.url}/reg", json=metadata, timeout=_SECONDS)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def change(self, client: dict[str, Any], **metadata: Any) -> None:
        """Change a registered client (RFC 7592)."""
        answer = httpx.put(
            client["registration_client_uri"],
            headers={"Authorization": f"Bearer {client['registration_access_token']}"},
            json={**{name: value for name, value in client.items() if name in _CLIENT}, **metadata},
            timeout=_SECONDS,
        )
        assert answer.status_code == 200, answer.text

    def details(self, **changes: str) -> dict[str, str]:
        """Cognito's ProviderDetails of it."""
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "authorize_scopes": "openid email profile",
            "attributes_request_method": "GET",
            "oidc_issuer": self.url,
            **changes,
        }
