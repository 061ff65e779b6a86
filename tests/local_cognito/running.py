"""A local Cognito in its own process, as tests and demos run it."""

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import IO, Any

import boto3
import httpx
from botocore.config import Config
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.shapes import check_answer

REPOSITORY = Path(__file__).resolve().parents[2]
INTERPRETER = os.environ.get("LIFEGUARD_LOCAL_PYTHON", str(REPOSITORY / ".local" / "venv" / "bin" / "python"))
ACCOUNT = "123456789012"


def _http_client() -> httpx.Client:
    """A client for many requests: making one anew for each would cost more than the request.

    It gives up an idle connection before the service does, which is after five seconds.
    """
    return httpx.Client(timeout=30, limits=httpx.Limits(keepalive_expiry=2))


class RunningCognito:
    """Start, reach, control and end the service; its state outlives a restart."""

    def __init__(self, data: Path, smtp: str | None = None, *, quota_scale: float = 0) -> None:
        self.data = data
        self._quota_scale = quota_scale
        self._http = _http_client()
        self._smtp = smtp
        self.process = self._start()
        self.url = self._await_url()

    def _start(self) -> subprocess.Popen[str]:
        command = [INTERPRETER, "-m", "local.cognito", "--port", "0", "--data", str(self.data), "--account", ACCOUNT]
        command += ["--quota-scale", str(self._quota_scale)]
        command += [] if self._smtp is None else ["--smtp", self._smtp]
        return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)

    def _await_url(self) -> str:
        output: IO[str] | None = self.process.stdout
        assert output is not None
        line = output.readline()
        assert line.startswith("listening on "), line
        url = line.removeprefix("listening on ").strip()
        # The socket listens before this line is printed, so the first request waits until it is answered.
        assert self._http.get(f"{url}/_local/ready").status_code == 200
        return url

    def restart(self) -> None:
        """Begin again on the same state, on another port."""
        self._http = _http_client()
        self.process = self._start()
        self.url = self._await_url()

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self._ended()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it by a signal; the exit status."""
        self.process.send_signal(number)
        return self._ended()

    def _ended(self) -> int:
        self._http.close()
        with self.process:
            return self.process.wait()

    def session(self, account: str | None = None, region: str = "us-east-1") -> boto3.Session:
        """A boto3 session whose access key is the account, or ``test`` for the service's own."""
        key = "test" if account is None else account
        return boto3.Session(aws_access_key_id=key, aws_secret_access_key="test", region_name=region)

    def client(
        self, account: str | None = None, region: str = "us-east-1", *, attempts: int = 1
    ) -> CognitoIdentityProviderClient:
        """A client for user pools; without retries, unless `attempts` says otherwise."""
        config = Config(retries={"total_max_attempts": attempts, "mode": "standard"}, max_pool_connections=20)
        client = self.session(account, region).client("cognito-idp", endpoint_url=self.url, config=config)
        # Every answer to every test is held against the service model.
        client.meta.events.register("before-parse.cognito-identity-provider", check_answer)
        return client

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Call the control address and return its JSON."""
        answer = self._http.request(method, f"{self.url}/_local/{path}", json=body)
        assert answer.status_code == 200, answer.text
        result: dict[str, Any] = answer.json()
        return result

    def post(
        self, operation: str, body: object, scope: str | None = "test/20261121/us-east-1/cognito-idp"
    ) -> httpx.Response:
        """A request made by hand: `scope` is the credential scope, None for an unsigned request."""
        headers = {"X-Amz-Target": f"AWSCognitoIdentityProviderService.{operation}"}
        if scope is not None:
            signature = "SignedHeaders=host, Signature=00"
            headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential={scope}/aws4_request, {signature}"
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self._http.post(self.url, headers=headers, content=content)

    def advance(self, seconds: float) -> None:
        """Move the service's clock."""
        self.control("POST", "clock", {"advance": seconds})
