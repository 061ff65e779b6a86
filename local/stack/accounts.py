"""Who PostgreSQL runs as. It refuses to run as root, so root lends it an account without rights."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

_OWN_ACCOUNT = "lifeguard-local"


class _PopenArguments(TypedDict):
    user: int | None
    group: int | None
    extra_groups: list[int] | None


@dataclass(frozen=True)
class Account:
    """A system account that a child process is given."""

    name: str
    uid: int
    gid: int

    def can_enter(self, directory: Path) -> bool:
        """True when this account may pass through `directory` and every directory above it."""
        resolved = directory.resolve()
        return all(self._may_pass(part) for part in (resolved, *resolved.parents) if part.exists())

    def _may_pass(self, directory: Path) -> bool:
        facts = directory.stat()
        if facts.st_uid == self.uid:
            return bool(facts.st_mode & stat.S_IXUSR)
        if facts.st_gid == self.gid:
            return bool(facts.st_mode & stat.S_IXGRP)
        return bool(facts.st_mode & stat.S_IXOTH)


def as_account(account: Account | None) -> _PopenArguments:
    """What `subprocess.Popen` needs to start a process as `account`, or as ourselves."""
    if account is None:
        return {"user": None, "group": None, "extra_groups": None}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


class NoAccount(Exception):
    """Root has no account to lend, and could not make one."""


def lent_account() -> Account | None:
    """The account that PostgreSQL must run as, or None when we are an ordinary user ourselves.

    An account of our own, and not `postgres` or `nobody`: what the system's own PostgreSQL or another daemon owns stays
    out of reach.

    Raises:
        NoAccount: we are root, the account does not exist and could not be created.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(_OWN_ACCOUNT)
    except KeyError:
        entry = _create_account()
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def owner_of(data: Path) -> Account | None:
    """The account that a server with existing data must run as: the one that wrote it. None when that is ourselves.

    Raises:
        NoAccount: it is somebody else, and we are not root.
    """
    entry = pwd.getpwuid(data.stat().st_uid)
    if entry.pw_uid == os.geteuid():
        return None
    if os.geteuid() != 0:
        raise NoAccount(f"{data} belongs to {entry.pw_name}: it was made by another user's run, or by root's.")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _create_account() -> pwd.struct_passwd:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    advice = f"create it (useradd --system {_OWN_ACCOUNT}) or run as an ordinary user"
    if useradd is None:
        raise NoAccount(f"PostgreSQL does not run as root, and there is no useradd to make {_OWN_ACCOUNT}: {advice}")
    command = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", _OWN_ACCOUNT]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        return pwd.getpwnam(_OWN_ACCOUNT)
    except KeyError:
        reason = result.stderr.strip()
        raise NoAccount(f"The account {_OWN_ACCOUNT} could not be created ({reason}): {advice}") from None
