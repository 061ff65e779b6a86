"""Bulk jobs by the API: JSON lines in, state out, and nothing of anybody else's."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from federation.services.signing_keys import ensure_signing_keys
from identity.models import BulkJob, BulkKind, BulkState, DirectoryUser, UserStatus
from identity.services.bulk_jobs import prepare_job
from tests.factories import TenantCast, actor_of
from tests.identity.api.tokens import token_of
from tests.support.bulk import people

Send = Callable[..., Any]


@pytest.fixture
def send(acme: TenantCast, client: Client) -> Send:
    """Call the API as acme's owner, unless told, with JSON lines as the body."""
    ensure_signing_keys()

    def call(method: str, url: str, *lines: object, by: DirectoryUser | None = None) -> Any:
        body = "\n".join(json.dumps(line) for line in lines)
        bearer = {"Authorization": f"Bearer {token_of(by or acme.owner)}"}
        return client.generic(method, url, body, content_type="application/x-ndjson", headers=bearer)

    return call


def at(name: str, *args: object, query: str = "") -> str:
    """An address of the API."""
    return f"{reverse(f'api:{name}', args=args)}{query}"


def test_lines_become_a_job_and_its_state_can_be_read(acme: TenantCast, send: Send) -> None:
    """What cannot be done is said line by line."""
    lines = [{"email": "new@acme.example", "name": "New"}, {"email": acme.owner.email}, {"mail": "x"}]
    made = send("POST", at("bulk-jobs", query="?kind=create"), *lines)
    assert made.status_code == 201
    job = made.json()
    assert (job["total"], job["done"], job["failed"], job["state"]) == (3, 0, 2, "queued")
    assert DirectoryUser.objects.get(email="new@acme.example").status == UserStatus.CREATED
    assert send("GET", at("bulk-job", job["id"])).json() == {**job, "rate": 0.0}
    not_done = send("GET", at("bulk-job-not-done", job["id"], query="?limit=1")).json()
    assert [row["line"] for row in not_done["users"]] == [2]
    rest = send("GET", at("bulk-job-not-done", job["id"], query=f"?cursor={not_done['next_cursor']}")).json()
    assert [row["line"] for row in rest["users"]] == [3]
    assert [each["id"] for each in send("GET", at("bulk-jobs")).json()["jobs"]] == [job["id"]]


def test_deleting_needs_the_number(acme: TenantCast, send: Send) -> None:
    """A list that was longer than its sender thought deletes nobody."""
    line = {"email": acme.outsider.email}
    for query in ("?kind=delete", "?kind=delete&delete_count=2"):
        refused = send("POST", at("bulk-jobs", query=query), line)
        assert refused.status_code == 422
        assert "delete_count" in refused.json()["errors"]
    assert not BulkJob.objects.exists()
    assert send("POST", at("bulk-jobs", query="?kind=delete&delete_count=1"), line).status_code == 201
    acme.outsider.refresh_from_db()
    assert acme.outsider.status == UserStatus.DELETING


def test_a_job_is_canceled_and_resumed(acme: TenantCast, send: Send) -> None:
    """As on its page."""
    lines = [{"email": person.email} for person in people(120)]
    job = send("POST", at("bulk-jobs", query="?kind=create"), *lines).json()
    assert send("POST", at("bulk-job-cancel", job["id"])).json()["state"] == "canceled"
    assert send("POST", at("bulk-job-cancel", job["id"])).status_code == 409
    assert send("POST", at("bulk-job-resume", job["id"])).json()["state"] == "queued"


def test_what_makes_no_sense_is_refused(acme: TenantCast, send: Send) -> None:
    """An unknown kind, no lines, or lines of which none can be done; nothing is kept."""
    assert send("POST", at("bulk-jobs", query="?kind=explode"), {"email": "a@b.example"}).status_code == 400
    assert send("POST", at("bulk-jobs", query="?kind=create")).status_code == 422
    assert send("POST", at("bulk-jobs", query="?kind=disable"), {"email": "a@b.example"}).status_code == 409
    assert not BulkJob.objects.exclude(state=BulkState.DRAFT).exists()


def test_a_foreign_job_is_not_there(acme: TenantCast, globex: TenantCast, send: Send) -> None:
    """Whoever asks."""
    job = prepare_job(globex.tenant, BulkKind.CREATE, people(1), actor=actor_of(globex.owner))
    for method, name in (
        ("GET", "bulk-job"),
        ("GET", "bulk-job-not-done"),
        ("POST", "bulk-job-cancel"),
        ("POST", "bulk-job-resume"),
    ):
        assert send(method, at(name, job.pk)).status_code == 404
    assert send("GET", at("bulk-jobs")).json()["jobs"] == []
