"""botocore clients: one for each cell in each process, shared by its threads.

A new client costs 3 ms and a new session 68 ms of processor time, so both are kept (measured with botocore 1.43).
"""

import os
import platform
import threading
from functools import cache
from typing import Any

from botocore import __version__ as botocore_version
from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.session import Session

from identity.cognito.endpoint import CellEndpoint

_CONFIG = Config(
    connect_timeout=2,
    read_timeout=5,
    # The synchronisation engine and the sign-in flow decide about trying again; botocore's own retries would spend
    # the rate budget behind its back.
    retries={"total_max_attempts": 1, "mode": "standard"},
    max_pool_connections=32,
    # One text for the life of the process. botocore's own is put together twice for each call, from parts that never
    # change: a seventh of what a call costs.
    user_agent=f"Botocore/{botocore_version} lang/python#{platform.python_version()} lifeguard",
)


@cache
def _loader() -> Loader:
    """One loader, so that the service model is read from disk once in a process."""
    loader: Loader = Session().get_component("data_loader")
    return loader


@cache
def service_model() -> ServiceModel:
    """botocore's model of cognito-idp."""
    return ServiceModel(_loader().load_service_model("cognito-idp", "service-2"), service_name="cognito-idp")


class _AssumedRole(CredentialProvider):
    """A botocore credential provider that assumes the cell's role and renews the credentials before they expire."""

    METHOD = "assume-role"

    def __init__(self, endpoint: CellEndpoint, role_arn: str) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._role_arn = role_arn

    def load(self) -> DeferredRefreshableCredentials | None:
        source = Session()
        source_credentials = source.get_credentials()
        if source_credentials is None:
            # botocore then raises NoCredentialsError, which is what is the matter.
            return None
        extra_args: dict[str, str] = {"RoleSessionName": "lifeguard"}
        if self._endpoint.external_id:
            extra_args["ExternalId"] = self._endpoint.external_id

        def create_sts(service_name: str, **credentials: Any) -> Any:
            return source.create_client(
                service_name,
                region_name=self._endpoint.region,
                endpoint_url=self._endpoint.endpoint_url,
                config=_CONFIG,
                **credentials,
            )

        fetcher = AssumeRoleCredentialFetcher(create_sts, source_credentials, self._role_arn, extra_args=extra_args)
        return DeferredRefreshableCredentials(method=self.METHOD, refresh_using=fetcher.fetch_credentials)


def new_client(endpoint: CellEndpoint, service: str) -> Any:
    """A client of its own for any AWS service, with the cell's identity; for look-ups that are rare."""
    session = Session()
    session.register_component("data_loader", _loader())
    if endpoint.role_arn:
        resolver = CredentialResolver(providers=[_AssumedRole(endpoint, endpoint.role_arn)])
        session.register_component("credential_provider", resolver)
    return session.create_client(
        service, region_name=endpoint.region, endpoint_url=endpoint.endpoint_url, config=_CONFIG
    )


class _Clients:
    """The clients of this process. A forked child starts empty: it must not share its parent's sockets or locks."""

    def __init__(self) -> None:
        self.reset()
        os.register_at_fork(after_in_child=self.reset)

    def reset(self) -> None:
        self._lock = threading.Lock()
        self._clients: dict[CellEndpoint, Any] = {}

    def get(self, endpoint: CellEndpoint) -> Any:
        with self._lock:
            client = self._clients.get(endpoint)
            if client is None:
                client = self._clients[endpoint] = new_client(endpoint, "cognito-idp")
            return client


_clients = _Clients()


def client_for(endpoint: CellEndpoint) -> Any:
    """The shared cognito-idp client of ``endpoint``; safe to use from several threads at once.

    Only ``gate`` calls this, so that no call misses the budget or the translation of errors.
    """
    return _clients.get(endpoint)
