"""The state on disk: SQLite, one table per noun, a JSON document beside real keys.

Every operation is one transaction on a WAL database, so a SIGKILL of the process loses nothing that was answered.
"""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from local.cognito.model import Doc

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS pools (id TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS signing_keys (
    pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE, token_use TEXT NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (pool_id, token_use));
CREATE TABLE IF NOT EXISTS domains (
    region TEXT NOT NULL, domain TEXT NOT NULL, pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE,
    doc TEXT NOT NULL, PRIMARY KEY (region, domain));
CREATE TABLE IF NOT EXISTS clients (
    id TEXT PRIMARY KEY, pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS clients_by_pool ON clients (pool_id, id);
CREATE TABLE IF NOT EXISTS pool_settings (
    pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE, kind TEXT NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (pool_id, kind));
CREATE TABLE IF NOT EXISTS client_settings (
    client_id TEXT NOT NULL REFERENCES clients ON DELETE CASCADE, kind TEXT NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (client_id, kind));
CREATE TABLE IF NOT EXISTS brandings (
    id TEXT PRIMARY KEY, pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE,
    client_id TEXT NOT NULL UNIQUE REFERENCES clients ON DELETE CASCADE, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS brandings_by_pool ON brandings (pool_id);
CREATE TABLE IF NOT EXISTS import_jobs (
    id TEXT PRIMARY KEY, pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE, account TEXT NOT NULL,
    region TEXT NOT NULL, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS import_jobs_by_pool ON import_jobs (pool_id, id);
CREATE TABLE IF NOT EXISTS import_files (
    job_id TEXT PRIMARY KEY REFERENCES import_jobs ON DELETE CASCADE, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS resource_servers (
    pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE, identifier TEXT NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (pool_id, identifier));
CREATE TABLE IF NOT EXISTS providers (
    pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE, name TEXT NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (pool_id, name));
CREATE TABLE IF NOT EXISTS provider_identifiers (
    pool_id TEXT NOT NULL, identifier TEXT NOT NULL, name TEXT NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (pool_id, identifier),
    FOREIGN KEY (pool_id, name) REFERENCES providers ON DELETE CASCADE);
CREATE TABLE IF NOT EXISTS groups (
    pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE, name TEXT NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (pool_id, name));
CREATE TABLE IF NOT EXISTS users (
    sub TEXT PRIMARY KEY, pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE, username_key TEXT NOT NULL,
    doc TEXT NOT NULL, UNIQUE (pool_id, username_key));
CREATE INDEX IF NOT EXISTS users_by_email ON users (pool_id, json_extract(doc, '$.attributes.email'), username_key);
CREATE TABLE IF NOT EXISTS aliases (
    pool_id TEXT NOT NULL, attribute TEXT NOT NULL, value TEXT NOT NULL,
    sub TEXT NOT NULL REFERENCES users ON DELETE CASCADE, doc TEXT NOT NULL,
    PRIMARY KEY (pool_id, attribute, value));
CREATE INDEX IF NOT EXISTS aliases_by_user ON aliases (sub);
CREATE TABLE IF NOT EXISTS memberships (
    pool_id TEXT NOT NULL, name TEXT NOT NULL, sub TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    doc TEXT NOT NULL, PRIMARY KEY (pool_id, name, sub),
    FOREIGN KEY (pool_id, name) REFERENCES groups ON DELETE CASCADE);
CREATE TABLE IF NOT EXISTS identities (
    pool_id TEXT NOT NULL, provider TEXT NOT NULL, attribute TEXT NOT NULL, value TEXT NOT NULL,
    sub TEXT NOT NULL REFERENCES users ON DELETE CASCADE, doc TEXT NOT NULL,
    PRIMARY KEY (pool_id, provider, attribute, value));
CREATE INDEX IF NOT EXISTS identities_by_user ON identities (sub);
CREATE INDEX IF NOT EXISTS memberships_by_user ON memberships (sub, name);
CREATE TABLE IF NOT EXISTS auth_sessions (
    id TEXT PRIMARY KEY, pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS token_families (
    id TEXT PRIMARY KEY, pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE,
    client_id TEXT NOT NULL REFERENCES clients ON DELETE CASCADE,
    sub TEXT NOT NULL REFERENCES users ON DELETE CASCADE, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS token_families_by_user ON token_families (sub);
CREATE TABLE IF NOT EXISTS refresh_tokens (
    id TEXT PRIMARY KEY, family_id TEXT NOT NULL REFERENCES token_families ON DELETE CASCADE, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS federated_flows (
    id TEXT PRIMARY KEY, pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS auth_codes (
    id TEXT PRIMARY KEY, client_id TEXT NOT NULL REFERENCES clients ON DELETE CASCADE,
    sub TEXT NOT NULL REFERENCES users ON DELETE CASCADE, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS browser_sessions (
    id TEXT PRIMARY KEY, pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS logouts (
    id TEXT PRIMARY KEY, pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS used_assertions (
    pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE, issuer TEXT NOT NULL, id TEXT NOT NULL,
    doc TEXT NOT NULL, PRIMARY KEY (pool_id, issuer, id));
CREATE TABLE IF NOT EXISTS passkeys (
    id TEXT PRIMARY KEY, sub TEXT NOT NULL REFERENCES users ON DELETE CASCADE, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS passkeys_by_user ON passkeys (sub);
CREATE TABLE IF NOT EXISTS devices (
    sub TEXT NOT NULL REFERENCES users ON DELETE CASCADE, device_key TEXT NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (sub, device_key));
CREATE TABLE IF NOT EXISTS texts (id TEXT PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS lockouts (
    pool_id TEXT NOT NULL REFERENCES pools ON DELETE CASCADE, username_key TEXT NOT NULL, doc TEXT NOT NULL,
    PRIMARY KEY (pool_id, username_key));
"""
# Users had one second factor, and two truth values for it.
_SECOND_FACTORS = """
UPDATE users SET doc = json_remove(
    json_set(doc,
        '$.mfa', json(iif(json_extract(doc, '$.mfa_enabled'), '["SOFTWARE_TOKEN_MFA"]', '[]')),
        '$.preferred_mfa', iif(json_extract(doc, '$.mfa_preferred'), 'SOFTWARE_TOKEN_MFA', NULL)),
    '$.mfa_enabled', '$.mfa_preferred')
WHERE json_type(doc, '$.mfa_enabled') IS NOT NULL;
"""


class AlreadyExists(Exception):
    """An insert met a row with the same key."""


class Condition(NamedTuple):
    """A further SQL condition with the values it binds."""

    text: str
    values: tuple[str | int, ...]


class Store:
    """Documents by key. Use inside `transaction`; names of tables and columns are the program's own, never input."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(directory / "cognito.sqlite3", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        # NORMAL survives the death of the process; only a power cut could lose the last transactions.
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute("PRAGMA foreign_keys = ON")
        self._db.executescript(_SCHEMA)
        self._db.executescript(_SECOND_FACTORS)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """One transaction at a time; commits on a normal exit and rolls back on any exception."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def close(self) -> None:
        """Close the database; nothing may use the store afterwards."""
        with self._lock:
            self._db.close()

    def get(self, table: str, **keys: str) -> Doc | None:
        """The document under `keys`, or None."""
        rows = self._select(table, keys, "rowid", 1)
        return rows[0] if rows else None

    def row(self, table: str, **keys: str) -> dict[str, Any] | None:
        """The key columns (without the document) of the first row under `keys`, or None."""
        cursor = self._db.execute(_sql("SELECT * FROM {table} WHERE {where} LIMIT 1", table, keys), _values(keys))
        found = cursor.fetchone()
        if found is None:
            return None
        names = [column[0] for column in cursor.description]
        return {name: value for name, value in zip(names, found, strict=True) if name != "doc"}

    def select(
        self,
        table: str,
        *,
        order: str = "rowid",
        after: str | None = None,
        limit: int = -1,
        where: Condition | None = None,
        **keys: str,
    ) -> list[Doc]:
        """Documents under `keys` and `where`, by column `order`, beginning after the value `after`; -1 means all."""
        extra = [] if where is None else [where]
        if after is not None:
            extra.append(Condition(_sql("{order} > ?", table, keys, order=order), (after,)))
        return self._select(table, keys, order, limit, *extra)

    def _select(self, table: str, keys: Mapping[str, str], order: str, limit: int, *extra: Condition) -> list[Doc]:
        head = _sql("SELECT doc FROM {table} WHERE {where}", table, keys)
        conditions = "".join(f" AND ({condition.text})" for condition in extra)
        tail = _sql(" ORDER BY {order} LIMIT ?", table, keys, order=order)
        values = [*_values(keys), *(value for condition in extra for value in condition.values), limit]
        return [json.loads(row[0]) for row in self._db.execute(head + conditions + tail, values)]

    def count(self, table: str, **keys: str) -> int:
        """How many rows are under `keys`."""
        statement = _sql("SELECT count(*) FROM {table} WHERE {where}", table, keys)
        return int(self._db.execute(statement, _values(keys)).fetchone()[0])

    def insert(self, table: str, doc: Mapping[str, Any], **keys: str) -> None:
        """Add a row; AlreadyExists where its key is taken."""
        statement = _sql("INSERT INTO {table} ({columns}, doc) VALUES ({marks}, ?)", table, keys)
        try:
            self._db.execute(statement, [*_values(keys), json.dumps(doc)])
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorcode in (sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_UNIQUE):
                raise AlreadyExists(f"{table} {keys}") from error
            raise

    def put(self, table: str, doc: Mapping[str, Any], **keys: str) -> None:
        """Write the one row under the whole key `keys`, whether it was there or not."""
        self.delete(table, **keys)
        self.insert(table, doc, **keys)

    def update(self, table: str, doc: Mapping[str, Any], **keys: str) -> None:
        """Replace the document of the one row under `keys`."""
        statement = _sql("UPDATE {table} SET doc = ? WHERE {where}", table, keys)
        changed = self._db.execute(statement, [json.dumps(doc), *_values(keys)]).rowcount
        if changed != 1:
            raise LookupError(f"{changed} rows of {table} under {keys}")

    def delete(self, table: str, **keys: str) -> int:
        """Remove the rows under `keys` and, by foreign keys, what belongs to them; return how many there were."""
        return self._db.execute(_sql("DELETE FROM {table} WHERE {where}", table, keys), _values(keys)).rowcount


def _values(keys: Mapping[str, str]) -> list[Any]:
    return list(keys.values())


def _sql(template: str, table: str, keys: Mapping[str, str], *, order: str = "rowid") -> str:
    """A statement for a table and its columns; all names must be plain identifiers, values are bound later."""
    for name in (table, order, *keys):
        if not name.isidentifier():
            raise ValueError(f"{name!r} is no name of a table or column")
    return template.format(
        table=table,
        order=order,
        columns=", ".join(keys),
        marks=", ".join("?" * len(keys)),
        where=" AND ".join(f"{name} = ?" for name in keys) or "1",
    )
