"""Which pages are asked for, by whom, and with which filters, sorts and cursors."""

import base64
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.urls import reverse

from identity.models import BulkJob, DirectoryUser, SyncPlan, UserStatus
from identity.selectors import USER_ORDERS, UserFilter, find_users, ordered_users
from identity.selectors.drift import DRIFT_ORDER, DriftFilter, find_drifted
from identity.selectors.plans import PLAN_ORDER, PlanFilter, find_own_plans, find_plans
from tenants import selectors
from tenants.models import Application, AuditEvent, OutboxEntry, Tenant, UserPool

_DEPTHS = (0.0, 0.02, 0.25, 0.5, 0.9)
_WORDS = ("an", "smith", "zoe.novak", "ito1", "no such person", "x")


@dataclass(frozen=True)
class Visit:
    """One page: its name in the report, its addresses, one for each request, and headers that it is asked with."""

    name: str
    urls: tuple[str, ...]
    headers: tuple[tuple[str, str], ...] = ()
    streams: bool = False


def _visit(name: str, path: str, queries: Sequence[dict[str, str]] = (), **more: Any) -> Visit:
    urls = [f"{path}?{urlencode(query)}" for query in queries] or [path]
    return Visit(name, tuple(urls), **more)


def _cursor(row: Model, order: Sequence[str]) -> str:
    """The cursor of the page after a row, as `tenants.paging` writes it."""
    values = [getattr(row, name.removeprefix("-")) for name in order]
    plain = [value.isoformat() if hasattr(value, "isoformat") else value for value in values]
    text = json.dumps(["n", *(value if isinstance(value, int) else str(value) for value in plain)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _pages(rows: QuerySet[Any], sort: str, order: Sequence[str]) -> Iterator[dict[str, str]]:
    """Pages of a list in one order, from the first to one near its end."""
    ordered, total = rows.order_by(*order), rows.count()
    for depth in _DEPTHS:
        place = int(total * depth)
        row = ordered[place - 1] if place else None
        yield {"sort": sort, **({"cursor": _cursor(row, order)} if row is not None else {})}


def _users(tenant: Tenant) -> list[dict[str, str]]:
    rows = ordered_users(find_users(tenant, UserFilter()))
    pages = [page for sort in ("email", "-email", "name", "-last_sign_in", "-created")
             for page in _pages(rows, sort, USER_ORDERS[sort])]  # fmt: skip
    searches = [{"q": word, **more} for word in _WORDS for more in ({}, {"status": "active", "sort": "-last_sign_in"})]
    filters: list[dict[str, str]] = [{"status": status} for status in ("active", "invited", "disabled")]
    filters += [{"role": role} for role in ("owner", "admin", "auditor", "none")]
    filters += [{"mfa": "on"}, {"mfa": "off", "sort": "name"}, {"status": "disabled", "mfa": "on", "role": "none"}]
    filters += [{"cognito": state, **more} for state in ("missing", "created") for more in ({}, {"sort": "-created"})]
    return [*pages, *searches, *filters]


def _audit(rows: QuerySet[AuditEvent], filters: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    return [*_cursors(rows, ("-sequence",)), *({"q": word} for word in _WORDS), *filters]


def _cursors(rows: QuerySet[Any], order: Sequence[str]) -> list[dict[str, str]]:
    """Pages of a list that has one order."""
    return [{"cursor": page.get("cursor", "")} for page in _pages(rows, "", order)]


def _plans(rows: QuerySet[SyncPlan], kinds: Sequence[str]) -> list[dict[str, str]]:
    outcomes = [{"outcome": outcome} for outcome in ("applied", "failing", "blocked", "requested")]
    origins = [{"origin": origin} for origin in ("scheduled", "asked", "shown")]
    of_kind = [{"kind": kind, **more} for kind in kinds for more in ({}, {"outcome": "failing"})]
    return [*_cursors(rows, PLAN_ORDER), *outcomes, *origins, *of_kind]


def _some(rows: QuerySet[Any], dice: random.Random, most: int = 50) -> list[Any]:
    found = list(rows[:2000])
    return dice.sample(found, min(most, len(found)))


def sync_visits(tenants: Sequence[Tenant], dice: random.Random) -> list[Visit]:
    """Return the operator's pages about plans, drift and the settings of pools."""
    plans, pools = find_plans(PlanFilter()), _some(UserPool.objects.order_by("pk"), dice)
    lists = _plans(plans, ("pool", "tenant", "user"))
    lists += [{"q": word} for word in ("bank", "zenith travel", tenants[0].key, "nobody at all")]
    lists += [{"key": str(row.pk)} for row in tenants[:3]] + [{"q": "bank", "kind": "user"}]
    drift = [*_cursors(find_drifted(DriftFilter()), DRIFT_ORDER), {"kept": "1"}, {"family": "user"}, {"q": "bank"}]
    return [
        _visit("plans", reverse("fleet:plans"), lists),
        Visit("plan", tuple(reverse("fleet:plan", args=[row.pk]) for row in _some(plans.order_by("pk"), dice))),
        _visit("drift", reverse("fleet:drift"), drift),
        Visit("user pool", tuple(reverse("fleet:pool", args=[row.pk]) for row in pools)),
        Visit("user pool's settings", tuple(reverse("fleet:pool-settings", args=[row.pk]) for row in pools)),
        _visit("settings", reverse("fleet:settings")),
        *(_visit(f"{name}, CSV", reverse(f"fleet:{name}-export"), streams=True) for name in ("plans", "drift")),
    ]


def fleet_visits(dice: random.Random) -> list[Visit]:
    """Return the operator's pages."""
    tenants = dice.sample(list(Tenant.objects.order_by("pk")), 50)
    applications = list(Application.objects.filter(is_builtin=False))
    found = selectors.find_tenants(selectors.TenantFilter())
    lists = [
        page for sort in ("name", "-name", "slug", "-created_at")
        for page in _pages(found, sort, (sort, "-pk" if sort.startswith("-") else "pk"))
    ]  # fmt: skip
    words = [{"q": word} for word in ("bank", "amber", "zenith travel", tenants[0].key, "nobody at all")]
    words += [{"status": "suspended"}, {"isolation": "dedicated"}, {"cell": "eu-west-1-1", "isolation": "shared"}]
    touched = OutboxEntry.objects.all()
    states = [{"state": state} for state in ("blocked", "failing", "syncing", "pending", "in_sync", "all", "")]
    deep = _cursors(touched, ("-updated_at", "-pk"))
    pools = [{"sort": sort} for sort in ("-created_at", "cell_name", "tenant_count", "-tenant_count")]
    pools += [{"q": word} for word in ("lg-a", "us-east-1_", "bank", "nothing")] + [{"kind": "shared"}]
    pool_rows = selectors.find_pools(selectors.PoolFilter())
    pools += _pages(pool_rows, "-created_at", ("-created_at", "-pk"))
    fleet_log = AuditEvent.objects.filter(tenant__isnull=True)
    actions: list[dict[str, str]] = [{"action": "tenant.onboarded"}, {"action": "cell.added"}]
    actions += [{"actor": str(fleet_log.first().actor_id)}]  # type: ignore[union-attr]  # A fleet has a log.
    one = {"tenant_id": tenants[0].pk}
    return [
        _visit("overview", reverse("fleet:overview")),
        _visit("sync pill", reverse("fleet:sync-pill")),
        _visit("tenants", reverse("fleet:tenants"), [*lists, *words]),
        _visit("tenants, table alone", reverse("fleet:tenants"), words, headers=(("HX-Request", "true"),)),
        Visit("tenant", tuple(reverse("fleet:tenant", args=[tenant.pk]) for tenant in tenants)),
        Visit("tenant's applications", tuple(reverse("fleet:tenant-applications", args=[row.pk]) for row in tenants)),
        _visit("enter a tenant", reverse("fleet:support-enter", kwargs=one)),
        _visit("onboarding", reverse("fleet:tenant-new")),
        _visit("cells", reverse("fleet:cells"), [{}, {"sort": "-tenant_count"}, {"q": "eu"}, {"sort": "region"}]),
        _visit("user pools", reverse("fleet:pools"), pools),
        _visit("applications", reverse("fleet:applications"), [{}, {"sort": "-tenant_count"}, {"q": "01"}]),
        Visit("application", tuple(reverse("fleet:application", args=[row.pk]) for row in applications)),
        _visit("sync activity", reverse("fleet:sync"), [*states, *deep]),
        *sync_visits(tenants, dice),
        _visit("audit log", reverse("fleet:audit"), _audit(fleet_log, actions)),
        _visit("team", reverse("fleet:team")),
        *(
            _visit(f"{name}, CSV", reverse(f"fleet:{name}-export"), streams=True)
            for name in ("tenants", "cells", "pools", "applications", "audit")
        ),
    ]


def tenant_visits(tenant: Tenant, dice: random.Random) -> list[Visit]:
    """Return the pages of a tenant's admins."""
    some = _some(DirectoryUser.objects.filter(tenant=tenant).exclude(status=UserStatus.DELETING), dice)
    log, jobs = AuditEvent.objects.filter(tenant=tenant), BulkJob.objects.filter(tenant=tenant)
    plans = find_own_plans(tenant, PlanFilter())
    filters = [{"action": "user.disabled"}, {"action": "branding.updated"}, {"actor_kind": "operator"},
               {"since": "2026-10-01"}, {"until": "2025-01-01"}]  # fmt: skip

    def url(name: str, *arguments: object) -> str:
        return reverse(f"tenant:{name}", args=[tenant.slug, *arguments])

    plain = {
        "overview": "overview", "sync pill": "sync-pill", "invite": "user-invite", "sign-in policy": "sign-in-policy",
        "branding": "branding", "applications": "applications", "team": "team", "sync": "sync", "drift": "drift",
    }  # fmt: skip
    results = (("HX-Request", "true"), ("HX-Target", "user-results"))
    return [
        *(_visit(title, url(name)) for title, name in plain.items()),
        _visit("users", url("users"), _users(tenant)),
        _visit("users, table alone", url("users"), [{"q": word} for word in _WORDS], headers=results),
        Visit("user", tuple(url("user", person.pk) for person in some)),
        _visit("plans", url("plans"), _plans(plans, ("user",))),
        Visit("plan", tuple(url("plan", plan.pk) for plan in _some(plans.order_by("pk"), dice))),
        _visit("bulk jobs", url("bulk-jobs"), _cursors(jobs, ("-created_at", "-pk"))),
        Visit("bulk job", tuple(url("bulk-job", job.pk) for job in _some(jobs.order_by("pk"), dice))),
        _visit("audit log", url("audit"), _audit(log, filters)),
        _visit("users, CSV", url("user-export"), streams=True),
        _visit("audit, CSV", url("audit-export"), streams=True),
        _visit("plans, CSV", url("plans-export"), streams=True),
    ]


def api_visits(tenant: Tenant, dice: random.Random) -> list[Visit]:
    """Return what the API answers about a tenant."""
    queries = [{**query, "limit": "200"} if place % 2 else query for place, query in enumerate(_users(tenant))]
    people = list(DirectoryUser.objects.filter(tenant=tenant).exclude(status=UserStatus.DELETING)[:200])
    return [
        _visit("API users", reverse("api:users"), queries),
        Visit("API user", tuple(reverse("api:user", args=[person.pk]) for person in people)),
        _visit("API branding", reverse("api:branding")),
        _visit("API policy", reverse("api:policy")),
    ]
