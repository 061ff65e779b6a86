"""What one request cost the server, told in headers of its answer."""

import os
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponseBase]
MILLISECONDS, CPU, SQL, QUERIES, PROCESS, BACKEND = (
    f"X-Bench-{name}" for name in ("Milliseconds", "Cpu", "Sql", "Queries", "Process", "Backend")
)


class _Queries:
    """Counts queries and the time until each is answered."""

    def __init__(self) -> None:
        self.number, self.seconds = 0, 0.0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.number += 1
            self.seconds += time.perf_counter() - began


def measured(get_response: GetResponse) -> GetResponse:
    """Measure all that Django does for a request. Of a streamed answer, only what comes before its first line."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        queries = _Queries()
        began, cpu = time.perf_counter(), time.thread_time()
        with connection.execute_wrapper(queries):
            response = get_response(request)
        response[MILLISECONDS] = f"{1000 * (time.perf_counter() - began):.3f}"
        response[CPU] = f"{1000 * (time.thread_time() - cpu):.3f}"
        response[SQL] = f"{1000 * queries.seconds:.3f}"
        response[QUERIES] = str(queries.number)
        response[PROCESS] = str(os.getpid())
        if connection.connection is not None:
            response[BACKEND] = str(connection.connection.info.backend_pid)
        return response

    return middleware
