"""PostgreSQL on loopback: which binaries, where its data is, and its first start."""

import importlib.util
import os
import re
import secrets
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from local.stack.accounts import Account, as_account, lent_account, owner_of
from local.stack.ports import LOOPBACK
from local.stack.probes import postgres_accepts
from local.stack.processes import Service, Stage

ROLE = DATABASE = "lifeguard"
_SUPERUSER = "postgres"
# Django 5.2 supports PostgreSQL 14 and later (its release notes, "Backwards incompatible changes").
_OLDEST_MAJOR = 14
_REACHABLE_HOME = Path("/var/lib/lifeguard-local")


def address(port: int) -> str:
    """The product's database, for clients; loopback is trusted, so there is no password."""
    return f"postgresql://{ROLE}@{LOOPBACK}:{port}/{DATABASE}"


class PostgresUnusable(Exception):
    """No PostgreSQL fits, or it could not be set up."""


@dataclass(frozen=True)
class Binaries:
    """A folder with `postgres`, `initdb` and `psql` of one major version."""

    folder: Path
    major: int


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL server's place: its binaries, data folder, port and account.

    `durable` is False for data that is thrown away: such a server does not wait for the disk.
    """

    binaries: Binaries
    data: Path
    port: int
    account: Account | None
    durable: bool

    def service(self, log: Path) -> Service:
        """What runs the server. SIGINT is its fast shutdown: roll back, write out, end ("Shutting Down the Server")."""
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            # A path of a socket may be 107 bytes at most (unix(7)), and a repository may lie deeper than that.
            "unix_socket_directories": "",
            "max_connections": "200",
            "logging_collector": "off",
            **({} if self.durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}),
        }
        return Service(
            name="postgres",
            stage=Stage.DATA,
            command=(
                str(self.binaries.folder / "postgres"),
                "-D",
                str(self.data),
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ),
            log=log,
            ready=lambda: postgres_accepts(self.port, _SUPERUSER, _SUPERUSER),
            account=self.account,
            stop_signal=signal.SIGINT,
        )

    def initialise(self) -> None:
        """Create the data folder on the first run.

        It is made beside its final place and renamed when complete, so one that was cut short is never taken for whole.

        Raises:
            PostgresUnusable: initdb failed.
        """
        if (self.data / "PG_VERSION").exists():
            return
        self.data.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.data.with_name(f"{self.data.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self.account is not None:
            os.chown(unfinished, self.account.uid, self.account.gid)
        command = [str(self.binaries.folder / "initdb"), "-D", str(unfinished), "-U", _SUPERUSER, "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", *([] if self.durable else ["--no-sync"])]
        self._run(command)
        unfinished.rename(self.data)

    def ensure_database(self) -> None:
        """Create the product's role and database where they are missing; the server must be running.

        The role is no superuser, as in production, but may create databases, for the tests.

        Raises:
            PostgresUnusable: a statement failed.
        """
        if postgres_accepts(self.port, ROLE, DATABASE):
            return
        if ROLE not in self._psql("SELECT rolname FROM pg_roles").split():
            self._psql(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
        self._psql(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")

    def _psql(self, statement: str) -> str:
        server = ["-h", LOOPBACK, "-p", str(self.port), "-U", _SUPERUSER, "-d", _SUPERUSER]
        return self._run([str(self.binaries.folder / "psql"), "-XAtq", *server, "-c", statement])

    def _run(self, command: list[str]) -> str:
        # The account may not be allowed into the folder we are in, and initdb insists on reading it.
        result = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            start_new_session=True,  # Ctrl-C lets it finish; then everything is stopped.
            **as_account(self.account),
        )
        if result.returncode != 0:
            raise PostgresUnusable(f"{Path(command[0]).name} failed:\n{result.stdout}{result.stderr}")
        return result.stdout.strip()


def open_cluster(data_dir: Path, port: int, *, durable: bool) -> Cluster:
    """Find binaries and a data folder that the server's account can reach. Nothing is started.

    Raises:
        PostgresUnusable: there are no binaries of a version that fits.
        NoAccount: we are root and have no account to lend, or another user's server wrote the data.
    """
    account = lent_account()
    data = data_folder(data_dir, account)
    if data.exists():
        account = owner_of(data)
    binaries = _choose_binaries(data)
    if account is not None and not account.can_enter(binaries.folder):
        binaries = _copy_binaries(binaries)
    return Cluster(binaries, data, port, account, durable)


def data_folder(data_dir: Path, account: Account | None) -> Path:
    """`data_dir`/postgres, or a folder that `account` can reach where it cannot get there.

    A file in `data_dir` then names that folder, so that one belongs to the other: a new `data_dir` has new secrets,
    with which an old database could not be read.

    Raises:
        PostgresUnusable: that file names a folder which is none of ours.
    """
    pointer = data_dir / "postgres-folder"
    if pointer.exists():
        named = Path(pointer.read_text())
        if named.parent.parent != _REACHABLE_HOME:
            raise PostgresUnusable(f"{pointer} names {named}, which is not a folder inside {_REACHABLE_HOME}.")
        return named
    if account is None or account.can_enter(data_dir):
        return data_dir / "postgres"
    folder = _REACHABLE_HOME / secrets.token_hex(6) / "postgres"
    pointer.write_text(str(folder))
    return folder


def _choose_binaries(data: Path) -> Binaries:
    wanted = int((data / "PG_VERSION").read_text()) if (data / "PG_VERSION").exists() else None
    found = [binaries for folder in _candidate_folders() if (binaries := _inspect(folder)) is not None]
    for binaries in found:
        if binaries.major == wanted or (wanted is None and binaries.major >= _OLDEST_MAJOR):
            return binaries
    versions = ", ".join(f"{binaries.major} ({binaries.folder})" for binaries in found) or "none"
    need = f"version {wanted}, which wrote {data}" if wanted else f"version {_OLDEST_MAJOR} or later"
    raise PostgresUnusable(f"PostgreSQL {need}, is needed; found: {versions}.")


def _candidate_folders() -> list[Path]:
    """The PATH first, then Debian's place for servers, then the binaries inside the pgserver package."""
    folders: list[Path] = []
    on_path = shutil.which("postgres")
    if on_path is not None:
        folders.append(Path(on_path).resolve().parent)
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), reverse=True)
    folders += debian
    package = importlib.util.find_spec("pgserver")
    if package is not None and package.origin is not None:
        folders.append(Path(package.origin).parent / "pginstall" / "bin")
    return folders


def _inspect(folder: Path) -> Binaries | None:
    if not all((folder / name).exists() for name in ("postgres", "initdb", "psql")):
        return None
    output = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"\) (\d+)", output)
    return Binaries(folder, int(version.group(1))) if version else None


def _copy_binaries(binaries: Binaries) -> Binaries:
    """A copy of the pgserver package's binaries that every account can reach.

    They find their libraries in `pgserver.libs` beside the package, so the copy keeps that arrangement.
    """
    site = binaries.folder.parents[2]
    target = _REACHABLE_HOME / f"pgserver-{binaries.major}"
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.unfinished-{os.getpid()}")
        for part in ("pgserver/pginstall", "pgserver.libs"):
            shutil.copytree(site / part, unfinished / part, symlinks=True)
        _let_everybody_read(unfinished)
        unfinished.rename(target)
    return Binaries(target / binaries.folder.relative_to(site), binaries.major)


def _let_everybody_read(root: Path) -> None:
    _REACHABLE_HOME.chmod(0o755)
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
