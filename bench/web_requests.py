"""How many requests a second the pages that everybody meets take, beside the least that Django can do.

A bare Django view, the sign-in site and the dashboard's API, each served by two processes of Gunicorn, are asked in
turns by wrk over 16 connections, so that all have the same machine: as the peers were from which the targets come.
Each turn has processes of its own, since where a process happens to lie in memory makes a tenth of the difference.
Printed are the medians of the turns: requests a second, the server's processor time for each request, and the shares,
which compare what was asked in the same turn. Whose page it is begins a sign-in before each turn, as everybody does who
comes to it.

    .venv/bin/python -m bench.web_requests [--seconds 2] [--turns 9] [--worker-class gthread]
"""

import argparse
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from operator import truediv
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx

from bench.cpu import CpuOf
from bench.stack import ROOT, say_command, servers
from bench.web import wrk
from bench.web.wrk import Request
from local.stack.ports import LOOPBACK
from local.stack.probes import http_ok

if TYPE_CHECKING:
    from bench.web.scene import Scene

# Gunicorn's default, which closes each connection; and what production runs, which keeps them.
WORKERS = {"sync": ("--workers", "2"), "gthread": ("--workers", "2", "--worker-class", "gthread", "--threads", "4")}


@dataclass(frozen=True)
class Asked:
    """One request that is repeated.

    Args:
        name: for the table.
        port: whom it asks.
        begin: makes what is asked in a turn.
        beside: the name of what it is compared with; empty for that itself.
        share: of its requests a second, at least.
    """

    name: str
    port: int
    begin: Callable[[], Request]
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
    parser.add_argument("--seconds", type=int, default=2, help="of each turn")
    parser.add_argument("--turns", type=int, default=9)
    parser.add_argument("--worker-class", choices=WORKERS, default="sync")
    chosen = parser.parse_args()
    wrk.installed()
    say_command()
    with servers() as found:
        from bench.web.scene import Scene

        scene = Scene.make()
        bare = _unused_port()
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.web.settings", "BENCH_CALLER": scene.caller}
        plain = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "LIFEGUARD_"))}
        signin, dashboard = found.ports.signin, found.ports.dashboard
        serving = Serving(WORKERS[chosen.worker_class])
        asked = [Asked("bare view", bare, lambda: Request("/")), *_pages(scene, signin), *_api(scene, dashboard)]
        measured = {each.name: Found() for each in asked}
        for _turn in range(chosen.turns):
            with ExitStack() as stack:
                pids = {
                    bare: stack.enter_context(serving.application("bench.web.bare:application", bare, plain)),
                    signin: stack.enter_context(serving.site("signin", signin, environment)),
                    dashboard: stack.enter_context(serving.site("dashboard", dashboard, environment)),
                }
                _turn_of(asked, pids, chosen.seconds, measured)
    return _report(asked, measured, " ".join(serving.options))


def _pages(scene: "Scene", port: int) -> list[Asked]:
    """The sign-in page with the password, and an address whose domain leads to an identity provider."""
    origin = f"http://localhost:{port}"

    def page() -> Request:
        with httpx.Client(base_url=origin) as browser:
            address = browser.get("/oauth2/authorize", params=scene.asks(organization=scene.slug)).headers["location"]
            browser.get(address)
            return Request(_path(address), _of(browser, port))

    def way_on() -> Request:
        with httpx.Client(base_url=origin) as browser:
            address = browser.get("/oauth2/authorize", params=scene.asks()).headers["location"]
            text = browser.get(address).text
            token = text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
            form = urlencode({"csrfmiddlewaretoken": token, "email": f"somebody@{scene.domain}"})
            sent = {"Origin": origin, "Content-Type": "application/x-www-form-urlencoded"}
            return Request(_path(address), {**_of(browser, port), **sent}, form)

    return [
        Asked("sign-in page", port, page, beside="bare view", share=0.55),
        Asked("home-realm discovery", port, way_on, beside="bare view", share=0.35),
    ]


def _of(browser: httpx.Client, port: int) -> dict[str, str]:
    """What a browser sends along."""
    return {
        "Host": f"localhost:{port}",
        "Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items()),
    }


def _api(scene: "Scene", port: int) -> list[Asked]:
    """Views of the API, and the same ones when they stand open."""
    host = {"Host": f"localhost:{port}"}
    bearer = {**host, "Authorization": f"Bearer {scene.token}"}
    asked = []
    for name in ("users", "policy"):
        is_open, by_token = Request(f"/open/{name}", host), Request(f"/api/v1/{name}", bearer)
        asked.append(Asked(f"{name}, open", port, partial(_same, is_open)))
        asked.append(Asked(f"{name}, by token", port, partial(_same, by_token), beside=f"{name}, open", share=0.75))
    return asked


def _same(request: Request) -> Request:
    return request


def _path(address: str) -> str:
    url = httpx.URL(address)
    return url.raw_path.decode()


@dataclass(frozen=True)
class Serving:
    """How Gunicorn serves: the same for all that is compared.

    Args:
        options: of its command line.
    """

    options: tuple[str, ...]

    def site(self, name: str, port: int, environment: Mapping[str, str]) -> AbstractContextManager[int]:
        """Serve one of our sites until the block ends."""
        return self.application("config.wsgi:application", port, {**environment, "LIFEGUARD_SITE": name})

    @contextmanager
    def application(self, application: str, port: int, environment: Mapping[str, str]) -> Iterator[int]:
        """Serve until the block ends; yields the pid of the process that started the others."""
        bound = ("--bind", f"{LOOPBACK}:{port}", "--no-control-socket")
        command = [sys.executable, "-m", "gunicorn", *bound, *self.options, application]
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


def _turn_of(asked: list[Asked], pids: Mapping[int, int], seconds: int, measured: Mapping[str, Found]) -> None:
    for each in asked:
        request = each.begin()
        # Fills caches, and the pages that are kept.
        wrk.ask(each.port, request, 1)
        cpu = CpuOf({"server": pids[each.port]})
        rate, count = wrk.ask(each.port, request, seconds)
        measured[each.name].rates.append(rate)
        measured[each.name].costs.append(cpu.spent()["server"] / count)


def _report(asked: list[Asked], measured: Mapping[str, Found], options: str) -> int:
    missed = []
    print(f"load average {os.getloadavg()[0]:.1f}; wrk with {wrk.CONNECTIONS} connections; gunicorn {options}")
    print(f"{'':24} {'requests/s':>10} {'ms of CPU':>10} {'share':>7} {'of CPU':>7}  of what (target)")
    for each in asked:
        found = measured[each.name]
        line = f"{each.name:24} {median(found.rates):10,.0f} {median(found.costs) * 1000:10.2f}"
        if each.beside:
            beside = measured[each.beside]
            share = median(map(truediv, found.rates, beside.rates))
            share_of_cpu = median(map(truediv, beside.costs, found.costs))
            line += f" {share:7.2f} {share_of_cpu:7.2f}  {each.beside} ({each.share} or more)"
            if share < each.share:
                missed.append(each.name)
        print(line)
    print(f"missed: {', '.join(missed)}" if missed else "Every share is reached.")
    return 1 if missed else 0


def _unused_port() -> int:
    with socket.socket() as held:
        held.bind((LOOPBACK, 0))
        port: int = held.getsockname()[1]
        return port


if __name__ == "__main__":
    raise SystemExit(main())
