"""Cells that nobody else has, with their buckets in the test stack's Redis."""

import itertools
import os

import pytest
from django.conf import settings
from redis import Redis

from identity.cognito.budget import shared
from identity.cognito.endpoint import CellEndpoint

_numbers = itertools.count()


@pytest.fixture
def redis(monkeypatch: pytest.MonkeyPatch) -> Redis:
    """The test stack's Redis, as the budget uses it, but for its patience: a busy machine is no Redis that is away."""
    monkeypatch.setattr(shared, "_TIMEOUT_SECONDS", 30.0)
    return shared.connect(settings.REDIS_URL)


@pytest.fixture
def endpoint() -> CellEndpoint:
    """A cell whose account is its own, so that its buckets are new. Nothing is called there."""
    account = f"{os.getpid() % 1_000_000:06}{next(_numbers):06}"
    return CellEndpoint("budgeted", "eu-west-1", role_arn=f"arn:aws:iam::{account}:role/lifeguard")
