"""The demonstration identity providers of `make demo`, each a process of a test's own."""

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import IO, Any

import httpx

from local.idp.people import ASSIGNED, PASSWORD, PEOPLE

REPOSITORY = Path(__file__).resolve().parents[2]
INTERPRETER = os.environ.get("LIFEGUARD_LOCAL_PYTHON", str(REPOSITORY / ".local" / "venv" / "bin" / "python"))
_INPUT = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


class DemoIdp:
    """One of the two, running.

    Args:
        kind: saml or oidc.
        data: keeps its key and settings.

    Attributes:
        url: where it is; the issuer of the OpenID provider.
    """

    def __init__(self, kind: str, data: Path) -> None:
        self.kind = kind
        command = [INTERPRETER, "-m", "local.idp", kind, "--port", "0", "--data", str(data)]
        self.process = subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
        output: IO[str] | None = self.process.stdout
        assert output is not None
        line = output.readline()
        assert line.startswith("listening on "), line
        self.url = line.removeprefix("listening on ").strip()
        self.http = httpx.Client(timeout=30, headers={"Origin": self.url})

    def stop(self) -> None:
        """End it."""
        self.http.close()
        self.process.send_signal(signal.SIGTERM)
        with self.process:
            self.process.wait()

    def set_up(self, **fields: str) -> None:
        """Save its admin page with these fields; the others as they are at first, all people but the last assigned."""
        saml = {"name_id": "subject", "signed": "assertion"}
        form: dict[str, Any] = {"assigned": list(ASSIGNED), **(saml if self.kind == "saml" else {}), **fields}
        assert self.http.post(f"{self.url}/admin", data=form).status_code == 303

    def press(self, path: str, **fields: str) -> None:
        """One of the admin page's other buttons: certificate (kind new or expired) or secret."""
        assert self.http.post(f"{self.url}/admin/{path}", data=fields).status_code == 303

    def metadata(self) -> str:
        """The SAML metadata."""
        return self.http.get(f"{self.url}/metadata.xml").text

    def client(self) -> tuple[str, str]:
        """Client id and secret, as the admin page shows them."""
        page = self.http.get(f"{self.url}/admin").text
        found = [re.search(rf'<code id="client-{name}">([^<]+)</code>', page) for name in ("id", "secret")]
        assert all(found)
        return tuple(unescape(match[1]) for match in found if match)  # type: ignore[return-value]  # There are two.

    def sign_in(self, location: str, *, account: str = "noor", password: str = PASSWORD) -> httpx.Response:
        """Go where the service provider sent the browser, and send the form of the page there."""
        assert self.http.get(location).status_code == 200
        [person] = [person.id for person in PEOPLE if person.account == account]
        return self.http.post(location, data={"person": person, "password": password})


def posted(page: httpx.Response) -> tuple[str, Mapping[str, str]]:
    """Where the SAML provider's page posts to, and what."""
    assert page.status_code == 200, page.text
    action = re.search(r'<form id="post" method="post" action="([^"]+)">', page.text)
    assert action is not None
    return unescape(action[1]), {name: unescape(value) for name, value in _INPUT.findall(page.text)}
