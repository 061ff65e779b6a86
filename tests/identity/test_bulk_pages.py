"""The pages of bulk jobs: what would be done is shown first, and done only once it is confirmed."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from identity.models import BulkJob, BulkKind, BulkRow, BulkState, DirectoryUser, RowState, UserStatus
from identity.services.bulk_jobs import prepare_job, purge_jobs
from tenants.audit_actions import Action
from tenants.models import AuditEvent, OutboxEntry, SyncKind
from tests.factories import DirectoryUserFactory, TenantCast, actor_of
from tests.support.bulk import people


@pytest.fixture
def browser(acme: TenantCast, client: Client) -> Client:
    """A browser in which acme's owner is signed in."""
    client.force_login(acme.account_of(acme.owner))
    return client


def at(name: str, *args: object, slug: str = "acme") -> str:
    """An address of the tenant's."""
    return reverse(f"tenant:{name}", args=[slug, *args])


def uploaded(browser: Client, content: str, kind: str = "create", **more: str) -> Any:
    """Send a file, and look at what comes back."""
    file = SimpleUploadedFile("people.csv", content.encode(), content_type="text/csv")
    return browser.post(at("bulk-new"), {"kind": kind, "file": file, **more}, follow=True)


def text_of(response: Any) -> str:
    """The words of a page."""
    return " ".join(response.content.decode().split())


def test_a_file_is_checked_before_anything_happens(acme: TenantCast, browser: Client) -> None:
    """Twins, who is a user already and what cannot be read are named; the rest waits for a word."""
    before = DirectoryUser.objects.count()
    page = uploaded(browser, f"email,name\nnew@acme.example,New\nNEW@acme.example,Twin\n{acme.owner.email},O\nbad,B\n")
    shown = text_of(page)
    assert "1 of 4 lines can be done" in shown
    assert "line 2 already" in shown
    assert f"{acme.owner.email} is a user here already." in shown
    assert "bills" in shown
    assert DirectoryUser.objects.count() == before
    assert not OutboxEntry.objects.filter(kind=SyncKind.BULK).exists()
    job = BulkJob.objects.get()
    assert (job.state, job.total, job.failed) == (BulkState.DRAFT, 4, 3)


def test_starting_creates_few_at_once_and_owes_them_to_cognito(acme: TenantCast, browser: Client) -> None:
    """The list says that they are not invited yet, and how they can be."""
    uploaded(browser, "email,name\nnew@acme.example,New\n")
    job = BulkJob.objects.get()
    page = browser.post(at("bulk-start", job.pk), follow=True)
    user = DirectoryUser.objects.get(email="new@acme.example")
    assert (user.status, user.awaits_password) == (UserStatus.CREATED, True)
    assert OutboxEntry.objects.get(kind=SyncKind.USER, key=user.pk).is_owed
    assert OutboxEntry.objects.filter(kind=SyncKind.BULK).count() == 2
    assert "0 of 1" in text_of(page)
    assert "Not invited" in text_of(browser.get(at("users")))
    assert AuditEvent.objects.filter(action__in=[Action.BULK_STARTED, Action.USER_CREATED]).count() == 2
    browser.post(at("user-resend", user.pk))
    user.refresh_from_db()
    assert user.status == UserStatus.INVITED
    assert browser.post(at("bulk-start", job.pk)).status_code == 409


def test_only_who_may_change_roles_touches_who_has_one(acme: TenantCast, client: Client) -> None:
    """As one by one."""
    client.force_login(acme.account_of(acme.admin))
    page = uploaded(client, f"email\n{acme.owner.email}\n{acme.outsider.email}\n{acme.admin.email}\n", "disable")
    assert "1 of 3 lines can be done" in text_of(page)


def test_a_name_that_cognito_keeps_is_not_changed_here(acme: TenantCast, browser: Client) -> None:
    """It would come back with the next look."""
    DirectoryUser.objects.filter(pk=acme.outsider.pk).update(cognito_username="by-hand")
    page = uploaded(browser, f"email,name\n{acme.outsider.email},Else\n{acme.admin.email},New\n", "update")
    assert "1 of 2 lines can be done" in text_of(page)
    assert "Change the name there." in text_of(page)


def test_nobody_deletes_without_the_phrase_or_the_last_owner(acme: TenantCast, browser: Client) -> None:
    """Nor themselves."""
    DirectoryUserFactory.create_batch(3, tenant=acme.tenant)
    page = browser.post(at("users-delete"), {"all": "1", "query": "role=none"}, follow=True)
    assert "delete 4" in text_of(page)
    job = BulkJob.objects.get()
    assert browser.post(at("bulk-start", job.pk), {"confirm_name": "delete"}).status_code == 422
    browser.post(at("bulk-start", job.pk), {"confirm_name": "delete 4"})
    assert DirectoryUser.objects.filter(tenant=acme.tenant, status=UserStatus.DELETING).count() == 4
    assert browser.post(at("bulk-discard", job.pk)).status_code == 409


def test_all_that_match_are_looked_over_first(acme: TenantCast, browser: Client) -> None:
    """Also where they are only to be disabled: nobody sees all of them on one page."""
    page = browser.post(at("users-disable"), {"all": "1", "query": "q=acme.example"}, follow=True)
    assert "lines can be done" in text_of(page)
    assert not DirectoryUser.objects.filter(status=UserStatus.DISABLED).exists()
    job = BulkJob.objects.get()
    browser.post(at("bulk-discard", job.pk))
    assert not BulkJob.objects.exists()
    assert not BulkRow.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"kind": "create"},
        {"kind": "create", "people": " \n"},
        {"kind": "explode", "people": "a@b.example"},
        {"kind": "create", "people": "\n".join(["x"] * 3), "file": "yes"},
    ],
)
def test_what_cannot_be_read_is_said_at_the_form(acme: TenantCast, browser: Client, sent: dict[str, Any]) -> None:
    """And nothing is kept of it."""
    if sent.get("file"):
        sent["file"] = SimpleUploadedFile("people.csv", b"email\na@b.example\n")
    assert browser.post(at("bulk-new"), sent).status_code == 422
    wrong = SimpleUploadedFile("people.csv", b"address\nx@y.example\n")
    refused = browser.post(at("bulk-new"), {"kind": "create", "file": wrong})
    assert "one of them must be “email”" in text_of(refused)
    assert not BulkJob.objects.exists()


def test_the_page_asks_for_itself_while_work_goes_on(acme: TenantCast, browser: Client) -> None:
    """And stops when it is canceled; what it answers htmx is the part alone."""
    job = prepare_job(acme.tenant, BulkKind.CREATE, people(150), actor=actor_of(acme.owner))
    browser.post(at("bulk-start", job.pk))
    assert not DirectoryUser.objects.filter(email="person-2@bulk.example").exists()
    BulkJob.objects.update(state=BulkState.RUNNING, done=50)
    part = browser.get(at("bulk-job", job.pk), headers={"HX-Request": "true", "HX-Target": "job-progress"})
    assert "<html" not in text_of(part)
    assert 'hx-trigger="every 2s"' in text_of(part)
    assert "50 of 150 (33 %)" in text_of(part)
    browser.post(at("bulk-cancel", job.pk))
    shown = text_of(browser.get(at("bulk-job", job.pk)))
    assert 'hx-trigger="every 2s" hx-target="this"' not in shown
    assert "Resume" in shown
    assert browser.post(at("bulk-cancel", job.pk)).status_code == 409
    browser.post(at("bulk-resume", job.pk))
    assert BulkJob.objects.get().state == BulkState.QUEUED


def test_a_list_of_people_is_not_kept_longer_than_it_is_wanted(acme: TenantCast) -> None:
    """A draft for a day, an outcome for 90; what goes on stays."""
    now, old = timezone.now(), timezone.now() - timedelta(days=91)
    kept = [(BulkState.DRAFT, now, None), (BulkState.DONE, old, now), (BulkState.RUNNING, old, None)]
    gone = [(BulkState.DRAFT, now - timedelta(days=2), None), (BulkState.DONE, old, old)]
    for state, created_at, finished_at in [*kept, *gone]:
        job = prepare_job(acme.tenant, BulkKind.CREATE, people(1), actor=actor_of(acme.owner))
        BulkJob.objects.filter(pk=job.pk).update(state=state, created_at=created_at, finished_at=finished_at)
    purge_jobs()
    assert sorted(BulkJob.objects.values_list("state", flat=True)) == sorted(state for state, _made, _ended in kept)
    assert BulkRow.objects.count() == len(kept)


def test_what_was_not_done_can_be_downloaded(acme: TenantCast, browser: Client) -> None:
    """And opens in a spreadsheet without running anything."""
    uploaded(browser, "email,name\n=1+1,x\n")
    job = BulkJob.objects.get()
    answer = browser.get(at("bulk-not-done", job.pk))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]  # It streams.
    assert lines[0] == "line,email,name,reason"
    assert lines[1].startswith("2,'=1+1,")


def test_a_foreign_job_is_not_there(acme: TenantCast, globex: TenantCast, browser: Client) -> None:
    """Neither to be seen nor to be started, whatever the address says."""
    job = prepare_job(globex.tenant, BulkKind.CREATE, people(1), actor=actor_of(globex.owner))
    for name in ("bulk-job", "bulk-not-done"):
        assert browser.get(at(name, job.pk)).status_code == 404
    for name in ("bulk-start", "bulk-cancel", "bulk-resume", "bulk-discard"):
        assert browser.post(at(name, job.pk)).status_code == 404
    assert BulkJob.objects.get().state == BulkState.DRAFT
    assert BulkRow.objects.get().state == RowState.WAITING


def test_jobs_are_found_by_who_asked_what_and_how_far(
    acme: TenantCast, browser: Client, django_assert_num_queries: Any
) -> None:
    """In the page, in what the filters get from htmx and in the export; a longer list costs no query more."""

    def jobs_of(user: DirectoryUser, kind: BulkKind, state: BulkState) -> BulkJob:
        job = prepare_job(acme.tenant, kind, people(1), actor=actor_of(user))
        BulkJob.objects.filter(pk=job.pk).update(state=state)
        return job

    def found(query: dict[str, str]) -> set[BulkJob]:
        shown = [
            browser.get(at("bulk-jobs"), query).content.decode(),
            browser.get(at("bulk-jobs"), query, headers={"HX-Request": "true"}).content.decode(),
            b"".join(browser.get(at("bulk-export"), query)).decode(),
        ]
        (one,) = {frozenset(job for job in (mine, hers) if str(job.pk) in page) for page in shown}
        return set(one)

    mine = jobs_of(acme.owner, BulkKind.CREATE, BulkState.DONE)
    with CaptureQueriesContext(connection) as few:
        browser.get(at("bulk-jobs"))
        queries = len(few)
    hers = jobs_of(acme.admin, BulkKind.UPDATE, BulkState.RUNNING)
    for query, expected in (
        ({}, {mine, hers}),
        ({"q": str(acme.admin).upper()}, {hers}),
        ({"kind": "create"}, {mine}),
        ({"state": "running"}, {hers}),
        ({"state": "done", "kind": "update"}, set()),
        ({"state": "no such state"}, {mine, hers}),
    ):
        assert found(query) == expected, query
    assert "No bulk change matches" in text_of(browser.get(at("bulk-jobs"), {"q": "nobody"}))
    with django_assert_num_queries(queries):
        browser.get(at("bulk-jobs"))
