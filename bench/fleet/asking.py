"""Asking for every page as an operator, as owners of a small and of the largest tenant, and over the API.

Django has to be set up before this is imported (`bench.fleet.drive`).
"""

import json
import random
import re
import time
import uuid
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path

import httpx
from django.conf import settings
from django.db.models import Count
from django.test import Client
from django.utils import timezone

from bench.fleet import measure
from bench.fleet.visits import Visit, api_visits, fleet_visits, tenant_visits
from federation.dashboard_login.application import ensure_dashboard_application
from federation.models import BrowserSession, TokenFamily
from federation.provider.mint import Subject, mint_access_token
from federation.tokens import hash_token, new_token
from identity.models import DirectoryUser
from tenants.actor import system
from tenants.models import Account, PoolKind, Tenant, TenantStatus
from tenants.permissions import OperatorRole, TenantRole
from tenants.services.operators import add_operator

_EMAIL, _PASSWORD = "bench@operator.example", "correct horse battery staple"  # Opens nothing else.
_WARM_UP = 4
_STREAMS = 3
_TICKS_MS = 10.0


@dataclass(frozen=True)
class Measured:
    """One page: how many queries it took, and its milliseconds; `database_cpu` is a mean."""

    place: str
    page: str
    requests: int
    queries_least: int
    queries_most: int
    p50: float
    p95: float
    worst: float
    worst_url: str
    sql_p95: float
    cpu_p50: float
    cpu_p95: float
    database_cpu: float
    kilobytes: int
    resident_before: int
    resident_after: int
    streams: bool = False


def ask_everything(requests: int, only: str) -> None:
    """Sign in as everybody, ask, and print one line of JSON for each page.

    Args:
        requests: how often for each page, at least.
        only: pages whose place or name contains this.
    """
    dice = random.Random(1)  # noqa: S311  # Chooses pages to ask for.
    # A tenant with a pool of its own has more to show than one in a shared pool, in both fleets.
    shared = {"tenant__status": TenantStatus.ACTIVE, "tenant__pool__kind": PoolKind.SHARED}
    users = DirectoryUser.objects.filter(**shared).order_by()
    by_size = list(users.values_list("tenant").annotate(size=Count("pk")).order_by("size", "tenant"))
    small = Tenant.objects.get(pk=by_size[len(by_size) // 10][0])
    largest = Tenant.objects.get(pk=by_size[-1][0])
    places: list[tuple[str, httpx.Client, list[Visit]]] = [("fleet", _operator(), fleet_visits(dice))]
    for name, tenant in (("small tenant", small), ("largest tenant", largest)):
        owner = DirectoryUser.objects.filter(tenant=tenant, role=TenantRole.OWNER).order_by("email")[0]
        places.append((name, _member(owner), tenant_visits(tenant, dice)))
        places.append((name, _api(owner), api_visits(tenant, dice)))
    for place, client, visits in places:
        for visit in visits:
            if only in f"{place}: {visit.name}":
                print(json.dumps(asdict(_ask(client, place, visit, requests))), flush=True)


def _client(**headers: str) -> httpx.Client:
    return httpx.Client(base_url=settings.DASHBOARD_URL, headers=headers, timeout=120)


def _operator() -> httpx.Client:
    """Sign in with the form, as a person does."""
    if not Account.objects.filter(email=_EMAIL).exists():
        add_operator(email=_EMAIL, name="Bench", role=OperatorRole.OWNER, password=_PASSWORD, actor=system("bench"))
    client = _client()
    page = client.get("/accounts/login/").text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    form = {"login": _EMAIL, "password": _PASSWORD, "csrfmiddlewaretoken": token[1]}
    answer = client.post("/accounts/login/", data=form)
    assert answer.status_code == 302, answer.text
    return client


def _member(user: DirectoryUser) -> httpx.Client:
    """A session as the sign-in leaves it: the generated users have no passwords in any Cognito."""
    browser = Client()
    browser.force_login(Account.objects.for_member(tenant=user.tenant, subject=user.pk))
    client = _client()
    client.cookies.set(settings.SESSION_COOKIE_NAME, browser.cookies[settings.SESSION_COOKIE_NAME].value)
    return client


def _api(user: DirectoryUser) -> httpx.Client:
    application, now = ensure_dashboard_application(), timezone.now()
    session = BrowserSession.objects.create(
        tenant=user.tenant, user=user, token_hash=hash_token(new_token()), amr=["pwd"], acr="", auth_time=now,
        last_seen_at=now,
    )  # fmt: skip
    family = TokenFamily.objects.create(
        tenant=user.tenant, application=application, user=user, session=session, scope="openid"
    )
    subject = Subject(
        issuer=settings.SIGNIN_URL, subject=str(user.pk), email=user.email, email_verified=True, name=user.name,
        roles=(), groups=(), tenant_id=str(user.tenant_id), tenant_slug=user.tenant.slug,
        client_id=application.client_id, audiences=(application.audience,), scope=frozenset({"openid"}), nonce="",
        auth_time=int(now.timestamp()), acr="",
        amr=("pwd",), session_id=str(uuid.uuid4()), family_id=family.pk.hex,
    )  # fmt: skip
    return _client(Authorization=f"Bearer {mint_access_token(subject)}")


def _ask(client: httpx.Client, place: str, visit: Visit, requests: int) -> Measured:
    for url in islice(cycle(visit.urls), _WARM_UP):
        _get(client, url, visit)
    answer = _get(client, visit.urls[0], visit)
    web, database = answer.headers[measure.PROCESS], _BackendTime(answer)
    before = _resident(web)
    number = _STREAMS if visit.streams else max(requests, len(visit.urls))
    taken: list[tuple[float, str]] = []
    queries, sql, cpu, size = list[int](), list[float](), list[float](), 0
    for url in islice(cycle(visit.urls), number):
        began = time.perf_counter()
        answer = _get(client, url, visit)
        whole = 1000 * (time.perf_counter() - began)
        headers = answer.headers
        database.add(answer)
        taken.append((whole if visit.streams else float(headers[measure.MILLISECONDS]), url))
        queries.append(int(headers[measure.QUERIES]))
        sql.append(float(headers[measure.SQL]))
        cpu.append(float(headers[measure.CPU]))
        size = max(size, len(answer.content))
    times = [milliseconds for milliseconds, _ in taken]
    worst, worst_url = max(taken)
    return Measured(
        place=place, page=visit.name, requests=number, queries_least=min(queries), queries_most=max(queries),
        p50=_percentile(times, 50), p95=_percentile(times, 95), worst=worst, worst_url=worst_url,
        sql_p95=_percentile(sql, 95), cpu_p50=_percentile(cpu, 50), cpu_p95=_percentile(cpu, 95),
        database_cpu=database.total / number,
        kilobytes=size // 1024, resident_before=before, resident_after=_resident(web), streams=visit.streams,
    )  # fmt: skip


def _get(client: httpx.Client, url: str, visit: Visit) -> httpx.Response:
    answer = client.get(url, headers=dict(visit.headers))
    if answer.status_code != 200:
        raise SystemExit(f"{url} answered {answer.status_code}: {answer.text[:2000]}")
    return answer


def _percentile(values: list[float], percent: int) -> float:
    """The nearest-rank percentile."""
    ordered = sorted(values)
    return ordered[max(0, -(-percent * len(ordered) // 100) - 1)]


def _resident(process: str) -> int:
    """A process's memory in KiB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return int(found[1])


class _BackendTime:
    """CPU milliseconds of the PostgreSQL processes that work for the server; it takes a new one once a minute.

    What an old one did for its last request is lost where it ended before it could be looked at.
    """

    def __init__(self, answer: httpx.Response) -> None:
        self.total = 0.0
        self._process = answer.headers[measure.BACKEND]
        self._seen = _cpu(self._process) or 0.0

    def add(self, answer: httpx.Response) -> None:
        process = answer.headers[measure.BACKEND]
        spent = _cpu(process)
        if spent is not None:
            self.total += spent - (self._seen if process == self._process else 0)
            self._process, self._seen = process, spent


def _cpu(process: str) -> float | None:
    """A process's CPU time in milliseconds, in steps of ten (proc(5), utime and stime); None once it has ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return None
    return (int(fields[11]) + int(fields[12])) * _TICKS_MS
