"""Every AWS service but user pools, by ministack 1.5.33 in a child process.

It starts with the first request for such a service, so that the gateway itself starts at once, and is stopped with
SIGTERM, because it writes its state only on a clean stop.
"""

import asyncio
import contextlib
import ctypes
import os
import signal
import socket
import sys
from pathlib import Path

import httpx
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local.cognito.store import Store
from local.cognito.temporary_credentials import remember_issued

_SERVICES = "cognito-identity,sts,iam,s3,lambda,ses,sns,logs"
_HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "content-length"})
_READY_SECONDS = 60
_STOP_SECONDS = 15
_CALL_SECONDS = 120
_POLL_SECONDS = 0.05
_PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    """In the child, on Linux: SIGTERM when the gateway dies, even by SIGKILL, so that no orphan keeps running."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Ministack:
    """The child process and the way to it."""

    def __init__(self, directory: Path, account: str, smtp: tuple[str, int] | None, store: Store) -> None:
        self._directory = directory
        self._account = account
        self._smtp = smtp
        self._store = store
        self._starting = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._client: httpx.AsyncClient | None = None

    async def forward(self, request: Request) -> Response:
        """Pass a request on and its answer back; STS answers also tell us whose temporary keys are whose."""
        client = await self._running()
        headers = [(name, value) for name, value in request.headers.raw if name.decode() not in _HOP_BY_HOP]
        target = request.scope["raw_path"].decode() + (f"?{request.url.query}" if request.url.query else "")
        try:
            answer = await client.request(request.method, target, headers=headers, content=await request.body())
        except httpx.HTTPError as error:
            return JSONResponse({"message": f"ministack: {error!r}"}, status_code=502)
        if answer.status_code == 200 and b"<AccessKeyId>ASIA" in answer.content:
            await run_in_threadpool(remember_issued, self._store, answer.content)
        kept = {name: value for name, value in answer.headers.items() if name not in _HOP_BY_HOP | {"content-encoding"}}
        return Response(answer.content, answer.status_code, kept)

    async def _running(self) -> httpx.AsyncClient:
        async with self._starting:
            if self._client is None or self._process is None or self._process.returncode is not None:
                await self.stop()
                self._client = await self._start()
            return self._client

    async def _start(self) -> httpx.AsyncClient:
        port = _free_port()
        for name in ("state", "s3", "tmp"):
            (self._directory / name).mkdir(parents=True, exist_ok=True)
        with (self._directory / "ministack.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "ministack",
                env=self._environment(port),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=_CALL_SECONDS)
        await asyncio.wait_for(self._until_ready(client, self._process), _READY_SECONDS)
        return client

    async def _until_ready(self, client: httpx.AsyncClient, process: asyncio.subprocess.Process) -> None:
        while process.returncode is None:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get("/_ministack/ready")).status_code == 200:
                    return
            await asyncio.sleep(_POLL_SECONDS)
        raise RuntimeError(f"ministack ended with {process.returncode}, see {self._directory / 'ministack.log'}")

    def _environment(self, port: int) -> dict[str, str]:
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self._directory),
            "TMPDIR": str(self._directory / "tmp"),
            "BIND_HOST": "127.0.0.1",
            "MINISTACK_HOST": "localhost",
            "GATEWAY_PORT": str(port),
            # Trust policies with their external ids, and IAM policies, are enforced only with AUTH.
            "AUTH": "true",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "MINISTACK_ACCOUNT_ID": self._account,
            "MINISTACK_REGION": "us-east-1",
            "PERSIST_STATE": "1",
            "S3_PERSIST": "1",
            "STATE_DIR": str(self._directory / "state"),
            "S3_DATA_DIR": str(self._directory / "s3"),
            # Both would listen on all interfaces whatever BIND_HOST says.
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "SERVICES": _SERVICES,
        }
        if self._smtp is not None:
            environment["SMTP_HOST"] = f"{self._smtp[0]}:{self._smtp[1]}"
        return environment

    async def stop(self) -> None:
        """End the child cleanly, so that its state is written."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
