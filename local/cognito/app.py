"""The gateway: user pools served here, everything else passed on."""

import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from local.cognito.clock import Clock
from local.cognito.connections import Connections
from local.cognito.control import Control
from local.cognito.dispatch import Service
from local.cognito.endpoint import CognitoEndpoint, Watch
from local.cognito.faults import Faults
from local.cognito.hosted.routes import Hosted
from local.cognito.import_jobs import accept_upload
from local.cognito.journal import Journal
from local.cognito.mail import Post
from local.cognito.ministack import Ministack
from local.cognito.model import TARGET_PREFIX, service_model
from local.cognito.quotas import Quotas
from local.cognito.store import Store
from local.cognito.uploads import Uploads
from local.cognito.visibility import Visibility
from local.cognito.wellknown import WellKnown

_METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]


@dataclass(frozen=True)
class Settings:
    """What the command line says; `quota_scale` is 1 for AWS's default request rates and 0 for none."""

    data: Path
    account: str
    smtp: tuple[str, int] | None
    quota_scale: float


def make_app(settings: Settings, connections: Connections) -> Starlette:
    """The ASGI application over the state in ``settings.data``."""
    service_model()
    store, clock = Store(settings.data), Clock()
    watch = Watch(Faults(), Visibility(clock), Quotas(settings.quota_scale, time.monotonic), Journal())
    service = Service(store, clock, Post(settings.smtp))
    endpoint = CognitoEndpoint(service, settings.account, watch, connections)
    ministack = Ministack(settings.data / "ministack", settings.account, settings.smtp, store)

    async def gateway(request: Request) -> Response:
        service_name, _, operation = request.headers.get("x-amz-target", "").partition(".")
        if request.method == "POST" and service_name == TARGET_PREFIX:
            return await endpoint.serve(request, operation)
        return await ministack.forward(request)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        watch.faults.clear()
        await ministack.stop()
        store.close()

    routes = [
        *Control(clock, watch, store).routes(),
        *WellKnown(store).routes(),
        *Hosted(store, clock, watch.quotas).routes(),
        *Uploads(store, clock, accept_upload).routes(),
        Route("/{path:path}", gateway, methods=_METHODS),
    ]
    return Starlette(routes=routes, lifespan=lifespan)
