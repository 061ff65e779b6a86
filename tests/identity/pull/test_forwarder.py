"""The function that operators deploy beside their pools, against the address that it sends to."""

import importlib.util
import json
from types import ModuleType
from urllib.error import HTTPError

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from identity.models import UnclaimedUser
from identity.pull.events import CHANGES_A_USER
from identity.services.events import rotate_event_secret
from tenants.actor import system
from tests.factories import UserPoolFactory
from tests.support.stack_plugin import ROOT

DOCS = ROOT / "docs" / "aws"
SUB = "0f0f0f0f-1111-4222-8333-444444444444"


@pytest.fixture
def forwarder() -> ModuleType:
    """The function's module."""
    spec = importlib.util.spec_from_file_location("forward_events", DOCS / "forward_events.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_it_signs_is_accepted(live_server: LiveServer, forwarder: ModuleType) -> None:
    pool = UserPoolFactory.create(cognito_id="us-east-1_forwarded")
    secret = rotate_event_secret(pool.cell_id, actor=system("test"))
    url = live_server.url + reverse("cognito-events", args=[pool.cell_id])
    forwarder.send({"userPoolId": pool.cognito_id, "sub": SUB}, url, secret, "")
    assert UnclaimedUser.objects.get(pool=pool).sub == SUB
    with pytest.raises(HTTPError, match="401"):
        forwarder.send({"userPoolId": pool.cognito_id, "sub": SUB}, url, "whsec_AAAA", "msg_1")


def test_the_rule_lets_through_what_is_read_and_no_more() -> None:
    pattern = json.loads((DOCS / "event-pattern.json").read_text())
    assert set(pattern["detail"]["eventName"]) == CHANGES_A_USER
