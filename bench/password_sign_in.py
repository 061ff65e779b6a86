"""What a sign-in with a password costs our own processor, SRP included, and where it goes.

One process, which asks the sign-in site through Django's handler, over real PostgreSQL, Redis and local Cognito, whose
own work is in other processes and not counted. Measured is one whole sign-in: the application's request, the page, the
password, the code, the tokens.

    .venv/bin/python -m bench.password_sign_in [--sign-ins 60]
"""

import argparse
import os
import signal
import statistics
import time
import uuid
from collections import Counter
from types import FrameType
from typing import TYPE_CHECKING

from bench.stack import say_command, servers

if TYPE_CHECKING:
    from tests.federation.browser import Browser

PASSWORD = "Correct-horse-battery-7"  # noqa: S105  # Of a user that lives as long as the bench.
# Whose work is shown: the time in a function (in any of its file's where none is named) with all that it calls.
PARTS = {
    "SRP": ("identity/cognito/srp.py", None),
    "calls of Cognito": ("botocore/client.py", "_make_api_call"),
    "database": ("django/db/models/sql/compiler.py", "execute_sql"),
    "templates": ("django/template/base.py", "render"),
    "signing tokens": ("federation/provider/mint.py", "sign"),
}


def main() -> int:
    """Sign in again and again, and print what it takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sign-ins", type=int, default=60)
    chosen = parser.parse_args()
    say_command()
    os.environ["LIFEGUARD_SITE"] = "signin"
    with servers() as found:
        browser = _somebody(found.addresses.cognito_url)
        for _each in range(5):
            _sign_in(browser)
        costs = [_cost(browser) for _each in range(chosen.sign_ins)]
        samples = _sampled(browser, chosen.sign_ins)
    costs.sort()
    print(
        f"one sign-in: {statistics.median(costs) * 1000:.1f} ms of our processor (median of {len(costs)}; "
        f"{costs[0] * 1000:.1f} to {costs[-1] * 1000:.1f}); load average {os.getloadavg()[0]:.1f}"
    )
    for name in PARTS:
        print(f"  {name:18} {samples[name] / samples['all']:5.0%}")
    return 0


def _somebody(cognito_url: str) -> "Browser":
    """A tenant in Cognito, its user, and an application at which they sign in."""
    from django.conf import settings
    from django.db import transaction

    from federation.services.signing_keys import ensure_signing_keys
    from identity import auth
    from identity.cells import pool_ref
    from identity.models import UserStatus
    from identity.sync import engine
    from tenants.models import SyncKind, TenantApplication
    from tenants.services import outbox
    from tests.factories import ApplicationFactory, CellFactory, DirectoryUserFactory, TenantFactory, UserPoolFactory
    from tests.federation.browser import Browser

    settings.ALLOWED_HOSTS = ["*"]
    ensure_signing_keys()
    cell = CellFactory.create(endpoint_url=cognito_url)
    tenant = TenantFactory.create(slug="acme", pool=UserPoolFactory.create(cell=cell))
    for kind, key in ((SyncKind.POOL, tenant.pool_id), (SyncKind.TENANT, tenant.pk)):
        with transaction.atomic():
            outbox.request_sync(kind, key)
        engine.run(kind, key)
    tenant.pool.refresh_from_db()
    user = DirectoryUserFactory.create(tenant=tenant, email="ann@acme.example", status=UserStatus.ACTIVE)
    user.cognito_sub = auth.create_user_with_password(pool_ref(tenant.pool), user.username, user.email, PASSWORD)
    user.save(update_fields=["cognito_sub"])
    # Nobody is asked for, or offered, a second factor.
    type(tenant.policy).objects.filter(pk=tenant.pk).update(mfa="off")
    application = ApplicationFactory.create()
    TenantApplication.objects.create(tenant=tenant, application=application)
    return Browser(application)


def _sign_in(browser: "Browser") -> None:
    browser.client.cookies.clear()
    page = browser.sign_in("ann@acme.example", PASSWORD, organization="acme", nonce=uuid.uuid4().hex)
    assert page.status_code == 303, page.content.decode()
    assert browser.exchange(browser.answer()["code"]).status_code == 200


def _cost(browser: "Browser") -> float:
    began = time.process_time()
    _sign_in(browser)
    return time.process_time() - began


def _sampled(browser: "Browser", sign_ins: int) -> Counter[str]:
    """Return in how many of many samples which part was at work.

    Samples, because a profiler that follows each call makes what has many calls look larger than what reckons.
    """
    found: Counter[str] = Counter()

    def look(_signal: int, frame: FrameType | None) -> None:
        parts = {"all"}
        while frame is not None:
            path, name = frame.f_code.co_filename, frame.f_code.co_name
            parts |= {part for part, (file, wanted) in PARTS.items() if path.endswith(file) and wanted in {None, name}}
            frame = frame.f_back
        found.update(parts)

    signal.signal(signal.SIGPROF, look)
    # Of processor time; the kernel looks 250 times a second or less.
    signal.setitimer(signal.ITIMER_PROF, 0.001, 0.001)
    for _each in range(sign_ins):
        _sign_in(browser)
    signal.setitimer(signal.ITIMER_PROF, 0)
    return found


if __name__ == "__main__":
    raise SystemExit(main())
