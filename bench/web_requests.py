"""How many requests a second the pages that everybody meets take, beside the least that Django can do.

A bare Django view, the sign-in site and the dashboard's API, each served by one process of Gunicorn with the threads
that production has, on the same machine. They are asked in turns over kept connections, so that all have the same
machine; printed are the medians of the turns: requests a second, and the server's processor time for each request.

    .venv/bin/python -m bench.web_requests [--seconds 3] [--turns 5]
"""

import argparse
import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx

from bench.cpu import CpuOf
from bench.stack import ROOT, say_command, servers
from local.stack.ports import LOOPBACK
from local.stack.probes import http_ok

if TYPE_CHECKING:
    from bench.web.scene import Scene

CONNECTIONS = 4
GUNICORN = ("--workers", "1", "--worker-class", "gthread", "--threads", "4", "--no-control-socket")


@dataclass(frozen=True)
class Asked:
    """One request that is repeated.

    Args:
        name: for the table.
        port: whom it asks.
        path: what for.
        headers: go along.
        body: of a POST; empty for a GET.
        beside: the name of what it is compared with; empty for that itself.
        share: of its requests a second, at least.
    """

    name: str
    port: int
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    beside: str = ""
    share: float = 0.0


@dataclass
class Found:
    """What the turns of one request brought: requests a second, and seconds of the server's processor for each."""

    rates: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)


def main() -> int:
    """Measure and print the table; the exit code is 1 where a share is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each turn")
    parser.add_argument("--turns", type=int, default=5)
    chosen = parser.parse_args()
    say_command()
    with servers() as found, ExitStack() as stack:
        from bench.web.scene import Scene

        scene = Scene.make()
        bare = _unused_port()
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.web.settings", "BENCH_CALLER": scene.caller}
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "LIFEGUARD_"))}
        signin, dashboard = found.ports.signin, found.ports.dashboard
        pids = {
            bare: stack.enter_context(_serving("bench.web.bare:application", bare, plain)),
            signin: stack.enter_context(_site("signin", signin, environment)),
            dashboard: stack.enter_context(_site("dashboard", dashboard, environment)),
        }
        asked = [Asked("bare view", bare, "/"), *_pages(scene, signin), *_api(scene, dashboard)]
        measured = _measure(asked, pids, chosen.seconds, chosen.turns)
    return _report(asked, measured)


def _pages(scene: "Scene", port: int) -> list[Asked]:
    """The sign-in page with the password, and an address whose domain leads to an identity provider."""
    origin = f"http://localhost:{port}"
    with httpx.Client(base_url=origin) as browser:
        page = browser.get("/oauth2/authorize", params=scene.asks(organization=scene.slug)).headers["location"]
        everybodys = browser.get("/oauth2/authorize", params=scene.asks()).headers["location"]
        text = browser.get(everybodys).text
        token = text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    form = urlencode({"csrfmiddlewaretoken": token, "email": f"somebody@{scene.domain}"})
    kept = {"Host": f"localhost:{port}", "Cookie": cookies}
    posted = {**kept, "Origin": origin, "Content-Type": "application/x-www-form-urlencoded"}
    return [
        Asked("sign-in page", port, _path(page), kept, beside="bare view", share=0.55),
        Asked("home-realm discovery", port, _path(everybodys), posted, form, beside="bare view", share=0.35),
    ]


def _api(scene: "Scene", port: int) -> list[Asked]:
    """Views of the API, and the same ones when they stand open."""
    host = {"Host": f"localhost:{port}"}
    bearer = {**host, "Authorization": f"Bearer {scene.token}"}
    return [
        Asked("users, open", port, "/open/users", host),
        Asked("users, by token", port, "/api/v1/users", bearer, beside="users, open", share=0.75),
        Asked("policy, open", port, "/open/policy", host),
        Asked("policy, by token", port, "/api/v1/policy", bearer, beside="policy, open", share=0.75),
    ]


def _path(address: str) -> str:
    url = httpx.URL(address)
    return url.raw_path.decode()


def _site(name: str, port: int, environment: Mapping[str, str]) -> AbstractContextManager[int]:
    return _serving("config.wsgi:application", port, {**environment, "LIFEGUARD_SITE": name})


@contextmanager
def _serving(application: str, port: int, environment: Mapping[str, str]) -> Iterator[int]:
    """One process of Gunicorn until the block ends; yields the pid of the one that started it."""
    command = [sys.executable, "-m", "gunicorn", "--bind", f"{LOOPBACK}:{port}", *GUNICORN, application]
    process = subprocess.Popen(command, cwd=ROOT, env=dict(environment))
    path = "/" if "bare" in application else "/healthz"
    try:
        while not http_ok(port, path):
            if process.poll() is not None:
                raise SystemExit(f"{application} did not start.")
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def _measure(asked: list[Asked], pids: Mapping[int, int], seconds: float, turns: int) -> dict[str, Found]:
    found = {each.name: Found() for each in asked}
    for turn in range(turns + 1):
        for each in asked:
            cpu = CpuOf({"server": pids[each.port]})
            began = time.perf_counter()
            count = _ask(each, began + seconds)
            took, spent = time.perf_counter() - began, cpu.spent()["server"]
            # The first turn fills caches.
            if turn:
                found[each.name].rates.append(count / took)
                found[each.name].costs.append(spent / count)
    return found


def _ask(asked: Asked, until: float) -> int:
    """Ask over all connections until then; return how often."""
    counts: list[int] = []
    threads = [threading.Thread(target=_keep_asking, args=(asked, until, counts)) for _each in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == CONNECTIONS, f"{asked.name} was not answered"
    return sum(counts)


def _keep_asking(asked: Asked, until: float, counts: list[int]) -> None:
    connection, count = http.client.HTTPConnection(LOOPBACK, asked.port), 0
    while time.perf_counter() < until:
        method = "POST" if asked.body else "GET"
        connection.request(method, asked.path, asked.body or None, dict(asked.headers))
        response = connection.getresponse()
        response.read()
        assert response.status == 200, f"{asked.name}: {response.status}"
        count += 1
    counts.append(count)


def _report(asked: list[Asked], measured: Mapping[str, Found]) -> int:
    missed = []
    print(f"load average {os.getloadavg()[0]:.1f}; {CONNECTIONS} connections, one process of 4 threads")
    print(f"{'':24} {'requests/s':>10} {'ms of CPU':>10} {'share':>7} {'of CPU':>7}  of what (target)")
    for each in asked:
        rate, cost = _medians(measured[each.name])
        line = f"{each.name:24} {rate:10,.0f} {cost * 1000:10.2f}"
        if each.beside:
            other_rate, other_cost = _medians(measured[each.beside])
            share = rate / other_rate
            line += f" {share:7.2f} {other_cost / cost:7.2f}  {each.beside} ({each.share} or more)"
            if share < each.share:
                missed.append(each.name)
        print(line)
    print(f"missed: {', '.join(missed)}" if missed else "Every share is reached.")
    return 1 if missed else 0


def _medians(found: Found) -> tuple[float, float]:
    return statistics.median(found.rates), statistics.median(found.costs)


def _unused_port() -> int:
    with socket.socket() as held:
        held.bind((LOOPBACK, 0))
        port: int = held.getsockname()[1]
        return port


if __name__ == "__main__":
    raise SystemExit(main())
