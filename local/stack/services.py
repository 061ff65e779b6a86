"""The servers that the product needs: PostgreSQL, Redis, the local Cognito, the mail sink, a name server and a list."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from local.stack import postgres, servers
from local.stack.ports import LOOPBACK, Ports, require_free
from local.stack.processes import Supervisor, open_logs


@dataclass(frozen=True)
class ServiceAddresses:
    """Where the running servers are, the Maildir in which all mail arrives, and the file with the TXT records."""

    database_url: str
    redis_url: str
    cognito_url: str
    email_url: str
    maildir: str
    dns_server: str
    dns_records: str
    leaked_url: str

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> Self:
        """What `to_json` wrote."""
        return cls(**json.loads(line))

    @classmethod
    def on(cls, data_dir: Path, ports: Ports) -> Self:
        """Those of servers on these ports that keep their data in `data_dir`."""
        return cls(
            database_url=postgres.address(ports.postgres),
            redis_url=f"redis://{LOOPBACK}:{ports.redis}/0",
            cognito_url=f"http://localhost:{ports.cognito}",
            email_url=f"smtp://{LOOPBACK}:{ports.smtp}",
            maildir=str(data_dir / "mail"),
            dns_server=f"{LOOPBACK}:{ports.dns}",
            dns_records=str(data_dir / "dns" / "records.json"),
            leaked_url=f"http://{LOOPBACK}:{ports.leaked}/range",
        )


def start_services(
    supervisor: Supervisor, data_dir: Path, log_dir: Path, ports: Ports, *, durable: bool, quota_scale: float
) -> ServiceAddresses:
    """Start all of them and wait until each answers.

    Args:
        supervisor: gets the servers as children, to be stopped with it.
        data_dir: holds everything they keep.
        log_dir: gets one log per server.
        ports: those of these servers are used.
        durable: False when the data is thrown away afterwards: then nothing waits for the disk.
        quota_scale: the local Cognito's request rates, 1 for AWS's defaults and 0 for none.

    Raises:
        PortTaken: before anything is started.
        ServiceFailed: one of them ended, or did not answer.
        PostgresUnusable, RedisMissing, NoAccount: one of them cannot be run here.
    """
    require_free({name: port for name, port in ports.by_name().items() if name in _NAMES})
    logs = open_logs(log_dir, _NAMES)
    addresses = ServiceAddresses.on(data_dir, ports)
    cluster = postgres.open_cluster(data_dir, ports.postgres, durable=durable)
    supervisor.start(servers.cognito(data_dir, ports.cognito, ports.smtp, logs["cognito"], quota_scale))
    supervisor.start(servers.smtp(Path(addresses.maildir), ports.smtp, logs["smtp"]))
    supervisor.start(servers.dns(Path(addresses.dns_records), ports.dns, logs["dns"]))
    supervisor.start(servers.leaked(ports.leaked, logs["leaked"]))
    supervisor.start(servers.redis(data_dir, ports.redis, logs["redis"], durable=durable))
    cluster.initialise()
    supervisor.start(cluster.service(logs["postgres"]))
    supervisor.wait_ready()
    cluster.ensure_database()
    return addresses


_NAMES = ("cognito", "smtp", "dns", "leaked", "redis", "postgres")
