"""What a load balancer asks. `/healthz`: is this process alive; `/readyz`: could it do its work."""

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from redis import Redis, RedisError

from identity.sync import selectors as sync

WORKER_SEEN_WITHIN = timedelta(seconds=60)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer that the process runs, and look at nothing else: restarting it would mend nothing else."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database and Redis answer and a worker was seen lately; 503 with which of them is not."""
    checks = {"database": _database(), "redis": _redis()}
    checks["worker"] = checks["database"] and _worker()
    ready = all(checks.values())
    return JsonResponse({"status": "ok" if ready else "unavailable", "checks": checks}, status=200 if ready else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis() -> bool:
    try:
        return bool(Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2).ping())
    except RedisError:
        return False


def _worker() -> bool:
    seen = sync.worker_last_seen()
    return seen is not None and seen > timezone.now() - WORKER_SEEN_WITHIN
