"""PostgreSQL: whether it answers, whether its tables are those of this version, and its clock."""

import time
from collections.abc import Iterator

from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.doctor import clock
from config.doctor.finding import Finding, failed, ok


def check_database() -> Iterator[Finding]:
    """Connect, look at the migrations, and compare clocks."""
    try:
        version, ahead = _look()
    except DatabaseError as error:
        where = connection.settings_dict
        yield failed(
            "database",
            f"PostgreSQL does not answer at {where['HOST']}:{where['PORT'] or 5432}: {str(error).splitlines()[0]}",
            "Check LIFEGUARD_DATABASE_URL, that the server runs, and that this machine may reach it.",
        )
        return
    yield ok("database", f"PostgreSQL {version} answers.")
    yield clock.compared("database clock", ahead, "PostgreSQL")
    executor = MigrationExecutor(connection)
    missing = [str(migration) for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    if missing:
        listed = ", ".join(missing[:3]) + (f" and {len(missing) - 3} more" if len(missing) > 3 else "")
        yield failed(
            "migrations",
            f"The tables are older than the program; not applied: {listed}.",
            "Run `manage.py migrate` (in the container: the part `setup`) before starting this version.",
        )
    else:
        yield ok("migrations", "All are applied.")


def answers() -> bool:
    """Say whether checks that read tables make sense."""
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _look() -> tuple[str, float]:
    """The server's version, and the seconds by which our clock is ahead of its."""
    with connection.cursor() as cursor:
        began = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8, current_setting('server_version')")
        theirs, version = cursor.fetchone()
    return version.split()[0], (began + time.time()) / 2 - theirs
