"""The Celery application.

A message is a wake-up and never a payload: PostgreSQL holds what is owed (`tenants.OutboxEntry`), and a sweep enqueues
it again. So messages are acknowledged early and never kept: one that is lost costs a sweep interval, nothing more. The
mail with the code that shows somebody's organizations is owed to nobody: if its message is lost, the person asks again.
"""

import os
import sys

from celery import Celery
from celery.signals import celeryd_init, worker_ready
from django.core.exceptions import ImproperlyConfigured

from config import periodic, task_context

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("lifeguard")


def configure(app: Celery) -> None:
    """Apply Lifeguard's settings; called when Celery first reads its configuration."""
    from django.conf import settings  # read late, so that importing this module needs no environment

    app.conf.update(
        broker_url=settings.REDIS_URL,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # A Redis that stands still must not hold a worker for ever, nor a request for long: it publishes after its
        # commit, and what it cannot publish the sweep finds. A worker waits for messages in steps of one second
        # (kombu's brpop_timeout), which has to fit within the socket's timeout.
        broker_transport_options={
            "socket_timeout": 3,
            "socket_connect_timeout": 1,
            "socket_keepalive": True,
            "health_check_interval": 10,
            "max_retries": 0,
            "connect_retries_timeout": 1,
        },
        task_ignore_result=True,
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        worker_send_task_events=False,
        task_default_queue=settings.TASK_QUEUE,
        task_publish_retry=False,
        timezone="UTC",
        beat_schedule={
            # These two expire, so that a worker that was away finds one of them and not all that were sent meanwhile.
            "sweep": {
                "task": "identity.sync.sweep",
                "schedule": settings.SYNC_SWEEP_SECONDS,
                "options": {"expires": settings.SYNC_SWEEP_SECONDS},
            },
            "pull": {"task": "identity.pull.plan", "schedule": 30.0, "options": {"expires": 30.0}},
            "heartbeat": {"task": "identity.sync.heartbeat", "schedule": 15.0, "options": {"expires": 15.0}},
            "schedule-comparisons": {
                "task": "identity.sync.schedule_comparisons",
                "schedule": 60.0,
                "options": {"expires": 60},
            },
            "remove-tenants": {"task": "identity.sync.remove_tenants", "schedule": 300.0, "options": {"expires": 300}},
            "purge-plans": {"task": "identity.sync.purge_plans", "schedule": 3600.0},
            "purge-bulk-jobs": {"task": "identity.sync.purge_bulk_jobs", "schedule": 3600.0},
            "check-domains": {"task": "federation.check_domains", "schedule": 30.0, "options": {"expires": 30.0}},
            "check-metadata": {
                "task": "federation.check_all_metadata",
                "schedule": 60.0,
                "options": {"expires": 60.0},
            },
            "sweep-connection-tests": {
                "task": "federation.sweep_connection_tests",
                "schedule": 30.0,
                "options": {"expires": 30.0},
            },
            "sweep-certificates": {"task": "federation.sweep_certificates", "schedule": 600.0},
            "tell-linked": {
                "task": "federation.tell_all_linked",
                "schedule": 60.0,
                "options": {"expires": 60.0},
            },
            "tell-logouts": {
                "task": "federation.tell_all_logouts",
                "schedule": 15.0,
                "options": {"expires": 15.0},
            },
            "tell-security-notices": {
                "task": "federation.tell_all_security_notices",
                "schedule": 60.0,
                "options": {"expires": 60.0},
            },
            "answer-account-requests": {
                "task": "federation.answer_all_account_requests",
                "schedule": 60.0,
                "options": {"expires": 60.0},
            },
            "give-numbers-back": {
                "task": "federation.give_numbers_back",
                "schedule": 60.0,
                "options": {"expires": 60.0},
            },
            "forget-browsers": {
                "task": "federation.forget_browsers",
                "schedule": 60.0,
                "options": {"expires": 60.0},
            },
            "give-browsers-up": {"task": "federation.give_browsers_up", "schedule": 3600.0},
            "rotate-signing-keys": {"task": "federation.rotate_signing_keys", "schedule": 3600.0},
            "purge-sign-in-state": {"task": "federation.purge_sign_in_state", "schedule": 3600.0},
        },
    )


def begin_counting(**_: object) -> None:
    """Begin at nothing, before the pool's processes are there."""
    from config import metrics_listener

    metrics_listener.begin_counting()


def listen_for_prometheus(**_: object) -> None:
    """Answer Prometheus from the worker's main process, whose pool runs by now.

    Celery logs what its signals' receivers raise and goes on; a worker that cannot be watched as asked must end.
    """
    from config import metrics_listener

    try:
        metrics_listener.start()
    except (ImproperlyConfigured, OSError) as error:
        sys.exit(f"No metrics: {error}")


app.on_configure.connect(lambda sender, **_: configure(sender), weak=False)
task_context.connect()
periodic.connect()
celeryd_init.connect(begin_counting)
worker_ready.connect(listen_for_prometheus)
app.autodiscover_tasks(["identity.sync", "identity.pull", "federation"])
