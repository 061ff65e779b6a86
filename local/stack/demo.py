"""The whole product on one machine, on data that stays."""

import json
import subprocess
import time
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from local.functions.server import ARN, INVOCATIONS
from local.stack import product, servers
from local.stack.environment import Secrets, Urls, product_environment, write_private
from local.stack.ports import LOOPBACK, Ports, require_free
from local.stack.probes import http_ok
from local.stack.processes import Service, ServiceFailed, Stage, Supervisor, open_logs
from local.stack.services import ServiceAddresses, start_services

_ROOT = Path(__file__).resolve().parents[2]
_PRODUCT_PYTHON = _ROOT / ".venv" / "bin" / "python"
_LOCAL_PYTHON = _ROOT / ".local" / "venv" / "bin" / "python"
_OPERATOR_EMAIL = "operator@lifeguard.example"


@dataclass(frozen=True)
class SetupRequest:
    """What `manage.py demo_setup` reads; what it makes itself is empty on the first run."""

    operator_email: str
    operator_password: str
    cognito_url: str
    sample_url: str
    sample_client_id: str
    sample_client_secret: str
    event_secret: str
    message_function_arn: str


@dataclass(frozen=True)
class SampleCredentials:
    """What the sample application was given when it was registered; its secret cannot be read again."""

    client_id: str = ""
    client_secret: str = ""

    @classmethod
    def load(cls, path: Path) -> Self:
        """Those in the file; none on the first run."""
        return cls(**json.loads(path.read_text())) if path.exists() else cls()


@dataclass(frozen=True)
class CellCredentials:
    """The cell, and the secret with which what runs beside its Cognito signs; it is shown once, like every secret."""

    cell_id: str = ""
    event_secret: str = ""

    @classmethod
    def load(cls, path: Path) -> Self:
        """Those in the file; none on the first run."""
        return cls(**json.loads(path.read_text())) if path.exists() else cls()


def start_demo(supervisor: Supervisor, data_dir: Path, ports: Ports) -> None:
    """Start everything, wait until all of it answers, and say how to use it.

    Raises:
        PortTaken: before anything is started.
        ServiceFailed: something ended, or did not answer; with the end of its log.
    """
    began = time.monotonic()
    require_free(ports.by_name())
    log_dir = data_dir.parent / "log"
    own = Secrets.load_or_generate(data_dir / "secrets.json")
    urls = Urls.on(ports)
    print("Starting PostgreSQL, Redis, the local Cognito and the mail sink…", flush=True)
    addresses = start_services(supervisor, data_dir, log_dir, ports, durable=True, quota_scale=1)
    # People read the demo's logs in an editor or with tail.
    environment = {**product_environment(addresses, urls, own), "LIFEGUARD_LOG_FORMAT": "console"}
    print("Setting up the database and the demonstration data…", flush=True)
    credentials, cell = _set_up(environment, data_dir, log_dir, addresses, urls, own)
    supervisor.raise_if_ended()
    _write_cognitos_messages(supervisor, log_dir, ports, urls, addresses, cell)
    print("Starting the dashboard, the sign-in pages, a worker, beat, and what stands for other parties…", flush=True)
    for service in _product_services(environment, data_dir, log_dir, ports, urls, credentials):
        supervisor.start(service)
    logs = open_logs(log_dir, ("saml_idp", "oidc_idp"))
    supervisor.start(servers.identity_provider("saml", data_dir, ports.saml_idp, logs["saml_idp"]))
    supervisor.start(servers.identity_provider("oidc", data_dir, ports.oidc_idp, logs["oidc_idp"]))
    supervisor.wait_ready()
    print(_welcome(urls, own, data_dir, log_dir, ports.metrics, time.monotonic() - began), flush=True)


def _set_up(
    environment: dict[str, str],
    data_dir: Path,
    log_dir: Path,
    addresses: ServiceAddresses,
    urls: Urls,
    own: Secrets,
) -> tuple[SampleCredentials, CellCredentials]:
    """Migrate, and make the demonstration data; both find what is there already and change nothing then."""
    kept, kept_of_cell = data_dir / "sample_app.json", data_dir / "cell.json"
    before, cell_before = SampleCredentials.load(kept), CellCredentials.load(kept_of_cell)
    request = SetupRequest(
        operator_email=_OPERATOR_EMAIL,
        operator_password=own.operator_password,
        cognito_url=addresses.cognito_url,
        sample_url=urls.sample,
        sample_client_id=before.client_id,
        sample_client_secret=before.client_secret,
        event_secret=cell_before.event_secret,
        message_function_arn=ARN,
    )
    log = log_dir / "setup.log"
    with log.open("w") as output:
        result = subprocess.run(
            [str(_PRODUCT_PYTHON), str(_ROOT / "manage.py"), "demo_setup"],
            input=json.dumps(asdict(request)),
            stdout=subprocess.PIPE,
            stderr=output,
            env=environment,
            text=True,
            check=False,
            start_new_session=True,  # Ctrl-C lets it finish; then everything is stopped.
        )
    if result.returncode != 0:
        raise ServiceFailed(f"The set-up failed (manage.py demo_setup):\n{log.read_text()}")
    made = json.loads(result.stdout)
    after, cell = SampleCredentials(**made["sample"]), CellCredentials(**made["cell"])
    for path, known, new in ((kept, before, after), (kept_of_cell, cell_before, cell)):
        if new != known:
            write_private(path, json.dumps(asdict(new)))
    return after, cell


def _write_cognitos_messages(
    supervisor: Supervisor, log_dir: Path, ports: Ports, urls: Urls, addresses: ServiceAddresses, cell: CellCredentials
) -> None:
    """Run the function that operators deploy for the words of codes, and tell the local Cognito where it is."""
    log = open_logs(log_dir, ("functions",))["functions"]
    asked = f"{urls.dashboard}/messages/cognito/{cell.cell_id}/"
    supervisor.start(servers.functions(asked, cell.event_secret, ports.functions, log))
    told = {ARN: f"http://{LOOPBACK}:{ports.functions}{INVOCATIONS}"}
    request = urllib.request.Request(f"{addresses.cognito_url}/_local/functions", json.dumps(told).encode())
    with urllib.request.urlopen(request):
        return


def _product_services(
    environment: dict[str, str],
    data_dir: Path,
    log_dir: Path,
    ports: Ports,
    urls: Urls,
    credentials: SampleCredentials,
) -> list[Service]:
    counting = product.counting(data_dir / "metrics", ports.metrics)
    logs = open_logs(log_dir, ("dashboard", "signin", "worker", "beat", "sample"))
    return [
        product.web("dashboard", _PRODUCT_PYTHON, environment, ports.dashboard, logs["dashboard"]),
        product.web("signin", _PRODUCT_PYTHON, environment, ports.signin, logs["signin"]),
        product.worker(_PRODUCT_PYTHON, {**environment, **counting}, ports.redis, logs["worker"]),
        product.beat(_PRODUCT_PYTHON, environment, logs["beat"], data_dir),
        sample_application(urls.signin, credentials, ports.sample, logs["sample"]),
    ]


def sample_application(issuer: str, credentials: SampleCredentials, port: int, log: Path) -> Service:
    """The sample application, which is told its issuer and credentials, and nothing else of Lifeguard."""
    told = {
        "OIDC_ISSUER": issuer,
        "OIDC_CLIENT_ID": credentials.client_id,
        "OIDC_CLIENT_SECRET": credentials.client_secret,
    }
    return Service(
        name="sample",
        stage=Stage.PRODUCT,
        command=(str(_LOCAL_PYTHON), "-m", "local.sample_app", "--port", str(port)),
        log=log,
        ready=lambda: http_ok(port, "/healthz"),
        environment={**servers.python_environment(), **told},
    )


def _welcome(urls: Urls, own: Secrets, data_dir: Path, log_dir: Path, metrics: int, seconds: float) -> str:
    return f"""
Lifeguard is running (it took {seconds:.1f} s).

  Open       {urls.dashboard}
  Sign in    {_OPERATOR_EMAIL}
  Password   {own.operator_password}

  Mailbox               {urls.dashboard}/local/mail
  Sample application    {urls.sample}
  Identity providers    {urls.saml_idp} (SAML), {urls.oidc_idp} (OpenID Connect)
  Metrics               http://127.0.0.1:{metrics}/metrics
  All of these          {urls.dashboard}/local/
  Data, logs            {data_dir}, {log_dir}

Ctrl-C stops everything; the data is kept.
"""
