"""`manage.py sync`: what a reconcile would do, asking for one, and how things stand, from a terminal.

Exit codes: 0, nothing to do, or done; 1, an error; 2, a plan is not empty.
"""

import json
import sys
import time
import uuid
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.db.models import Q

from identity.models import ResourceState
from identity.sync import dry_run, terminal
from identity.sync.activity import ActivityRow, activity_counts, activity_rows, find_entries
from identity.sync.selectors import worker_last_seen
from identity.sync.terminal import Seen
from tenants.actor import system
from tenants.audit_actions import Action
from tenants.counting import in_digits
from tenants.models import SyncKind, Tenant, UserPool
from tenants.services import audit, outbox

ACTOR = system("manage.py sync")
CHANGES = 2
_SHOWN = 20
_POLL_SECONDS = 0.5
_UNSETTLED = {ResourceState.PENDING, ResourceState.SYNCING}

Target = tuple[SyncKind, uuid.UUID, str]


class _PlanNotEmpty(SystemExit):
    """Leaves with the code that says so; argparse leaves with the same one for a mistake in the arguments."""


class Command(BaseCommand):
    """Three subcommands: `plan`, `apply` and `status`."""

    help = "Show what is owed to Cognito or what would be done, or have it compared with Cognito again."

    def run_from_argv(self, argv: list[str]) -> None:
        """Run as `manage.py` does; a mistake in the arguments is an error like any other, 1."""
        try:
            super().run_from_argv(argv)
        except _PlanNotEmpty:
            raise
        except SystemExit as left:
            sys.exit(1 if left.code else 0)

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the subcommands."""
        commands = parser.add_subparsers(dest="command", required=True)
        plan = commands.add_parser("plan", help="look at Cognito and say what a reconcile would do; writes nothing")
        apply = commands.add_parser("apply", help="reconcile, whether anything changed or not")
        status = commands.add_parser("status", help="what is owed, and why")
        for command in (plan, apply, status):
            command.add_argument(
                "--tenant", nargs="+", default=[], metavar="SLUG", help="these tenants and their pools"
            )
            command.add_argument(
                "--pool", nargs="+", default=[], metavar="ID", help="these pools, by our id or Cognito's"
            )
            command.add_argument("--all", action="store_true", help="every pool and tenant")
            command.add_argument("--json", action="store_true", help="for programs")
        apply.add_argument(
            "--wait", action="store_true", help="follow it until it is settled; 1 where it is in trouble"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry out one subcommand."""
        targets = _targets(options)
        if options["command"] != "status" and not targets and not options["all"]:
            raise CommandError("Say for what: --tenant SLUG, --pool ID or --all.")
        getattr(self, f"_{options['command']}")(targets, options)

    def _plan(self, targets: Sequence[Target], options: dict[str, Any]) -> None:
        seen = []
        for kind, key, name in targets:
            each = Seen(kind, str(key), name, dry_run.look(kind, key))
            seen.append(each)
            if not options["json"]:
                self.stdout.write("\n".join(terminal.plan_lines(each)))
        if options["json"]:
            self._print({"plans": [terminal.plan_document(each) for each in seen]})
        else:
            self.stdout.write(terminal.total_line(seen))
        if any(each.shown.failure for each in seen):
            raise CommandError("Not everything could be looked at.")
        if not all(each.shown.is_empty for each in seen):
            raise _PlanNotEmpty(CHANGES)

    def _apply(self, targets: Sequence[Target], options: dict[str, Any]) -> None:
        for kind, key, _name in targets:
            with transaction.atomic():
                outbox.request_sync(kind, key, actor=ACTOR)
                if kind is SyncKind.TENANT:
                    tenant = Tenant.objects.get(pk=key)
                    audit.record(Action.SYNC_REQUESTED, actor=ACTOR, tenant=tenant, target=tenant)
                else:
                    audit.record(Action.SYNC_REQUESTED, actor=ACTOR, target=UserPool.objects.get(pk=key))
        rows = self._settled(targets) if options["wait"] else _rows(targets)
        if options["json"]:
            self._print({"asked": [terminal.state_document(row) for row in rows]})
        else:
            for row in rows:
                self.stdout.write(terminal.state_line(row) if options["wait"] else f"asked for {row.kind} {row.label}")
        if options["wait"] and terminal.is_in_trouble(rows):
            raise CommandError("Not everything could be applied.")

    def _settled(self, targets: Sequence[Target]) -> list[ActivityRow]:
        """Wait until the workers have done it or cannot."""
        rows = _rows(targets)
        while any(row.state in _UNSETTLED for row in rows):
            time.sleep(_POLL_SECONDS)
            rows = _rows(targets)
        return rows

    def _status(self, targets: Sequence[Target], options: dict[str, Any]) -> None:
        chosen = options["tenant"] or options["pool"] or options["all"]
        rows = _rows(targets) if chosen else activity_rows(_newest())
        if options["json"]:
            counts = {state.value: number for state, number in activity_counts().items()}
            seen = worker_last_seen()
            worker = seen.isoformat() if seen else None
            states = [terminal.state_document(row) for row in rows]
            self._print({"worker_last_seen": worker, "counts": counts, "states": states})
        else:
            self.stdout.write(f"worker last seen: {worker_last_seen() or 'never'}")
            for state, number in sorted(activity_counts().items()):
                self.stdout.write(f"{state.label}: {in_digits(number)}")
            for row in rows:
                self.stdout.write(terminal.state_line(row))
        if chosen and terminal.is_in_trouble(rows):
            raise CommandError("Not everything is applied.")

    def _print(self, document: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))


def _targets(options: dict[str, Any]) -> list[Target]:
    """Pools before the tenants in them.

    Raises:
        CommandError: a tenant or a pool does not exist.
    """
    if options["all"]:
        return _keys(list(UserPool.objects.all()), list(Tenant.objects.select_related("pool")))
    tenants = list(Tenant.objects.select_related("pool").filter(slug__in=options["tenant"]))
    missing = set(options["tenant"]) - {tenant.slug for tenant in tenants}
    if missing:
        raise CommandError(f"No such tenant: {', '.join(sorted(missing))}")
    pools = {pool.pk: pool for pool in (*map(_pool, options["pool"]), *(tenant.pool for tenant in tenants))}
    return _keys(list(pools.values()), tenants)


def _keys(pools: Sequence[UserPool], tenants: Sequence[Tenant]) -> list[Target]:
    of_pools: list[Target] = [(SyncKind.POOL, pool.pk, pool.name) for pool in pools]
    return [*of_pools, *((SyncKind.TENANT, tenant.pk, tenant.slug) for tenant in tenants)]


def _pool(text: str) -> UserPool:
    try:
        named = Q(pk=uuid.UUID(text.removeprefix("lg-")))
    except ValueError:
        named = Q(cognito_id=text)
    pool = UserPool.objects.filter(named).first() if text else None
    if pool is None:
        raise CommandError(f"No such user pool: {text}")
    return pool


def _rows(targets: Sequence[Target]) -> list[ActivityRow]:
    """How the targets stand, in their order; what was never asked for is left out."""
    keys = [key for _kind, key, _name in targets]
    found = {
        (row.sync_kind, row.key): row for row in activity_rows(list(find_entries(state=None, only=Q(key__in=keys))))
    }
    return [found[kind, key] for kind, key, _name in targets if (kind, key) in found]


def _newest() -> list[Any]:
    return list(find_entries(state=None).order_by("-updated_at", "-id")[:_SHOWN])
