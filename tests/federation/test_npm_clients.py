"""Clients that nobody here wrote sign people in, given the issuer and what an application is given: `openid-client` and
`oidc-client-ts`, which check nonce, state, PKCE and tokens by themselves; the first the answer's `iss` as well.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest
from django.conf import settings

from identity.models import DirectoryUser
from tenants.models import Application
from tests.federation.browser import SECRET
from tests.federation.conftest import PASSWORD
from tests.federation.sites import TwoSites
from tests.support.third_party import npm_installed

_SOURCE = Path(__file__).resolve().parents[1] / "third_party" / "clients"


class Script:
    """A client's script, which is told things and answers."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def tell(self, **told: Any) -> dict[str, Any]:
        """Tell it something, and return its answer."""
        given: IO[str] | None = self._process.stdin
        output: IO[str] | None = self._process.stdout
        assert given is not None
        assert output is not None
        given.write(json.dumps(told) + "\n")
        given.flush()
        line = output.readline()
        assert line, self._process.communicate()[1]
        return dict(json.loads(line))


@contextmanager
def running(name: str) -> Iterator[Script]:
    """Run a client's script; it ends by itself."""
    command = ["node", f"{name}.mjs"]
    process = subprocess.Popen(
        command,
        cwd=npm_installed(_SOURCE),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield Script(process)
    finally:
        process.kill()
        process.communicate()


# Each client, whether it is public, and whether it pushes its request.
_CLIENTS = [("openid-client", False, True), ("openid-client", True, False), ("oidc-client-ts", True, False)]


def test_a_machine_without_npm(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A person's own goes without these tests, and is told why; CI does not."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"^samples: Node\.js and npm are not both on the PATH$"):
        npm_installed(tmp_path / "samples")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"^samples: Node\.js and npm"):
        npm_installed(tmp_path / "samples")


def test_npms_clients_from_discovery_alone(sites: TwoSites, ann: DirectoryUser, assigned: Application) -> None:
    for name, is_public, pushed in _CLIENTS:
        Application.objects.filter(pk=assigned.pk).update(is_public=is_public)
        sites.signin.cookies.clear()
        with running(name) as script:
            asked = script.tell(
                issuer=settings.SIGNIN_URL,
                clientId=assigned.client_id,
                secret="" if is_public else SECRET,
                redirectUri=assigned.redirect_uris[0],
                organization="acme",
                pushed=pushed,
            )
            sites.open(asked["address"])
            got = script.tell(callback=sites.submit_only(email=ann.email, password=PASSWORD))
        assert got["claims"]["sub"] == got["person"]["sub"] == str(ann.pk)
        assert got["person"]["email"] == ann.email
        assert got["claims"]["org_slug"] == "acme"
        assert got["claims"]["nonce"] == got["nonce"]
        assert got["active"] is True
        assert got["rotated"] is True
        assert got["after"]["error"] == "invalid_grant"
        assert got["end"].startswith(f"{settings.SIGNIN_URL}/oauth2/logout?")
