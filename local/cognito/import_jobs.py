"""User import jobs (DG:cognito-user-pools-using-import-tool): staged, uploaded, started, and over after a while.

Nothing runs in the background: a job's state is worked out whenever somebody looks at it, or when it matters.
"""

import uuid

from local.cognito.clock import Clock
from local.cognito.errors import ServiceError, invalid, not_found
from local.cognito.import_rows import import_rows
from local.cognito.limits import require_room
from local.cognito.model import Doc
from local.cognito.operations import Call, operation
from local.cognito.paging import read_page, with_token
from local.cognito.store import Store
from local.cognito.uploads import upload_url

_ACTIVE = ("Pending", "InProgress", "Stopping")
_STAGED_SECONDS = 24 * 3600  # a job that is not started expires after 24 to 48 hours
_DURATION = "import-seconds"
_DEFAULT_DURATION = 2.0
# "Import jobs listed at most 50" is the size of B:UserImportJobsListType; the request allows 60.
_MAX_PAGE = 50


def set_import_seconds(store: Store, seconds: float) -> None:
    """How long jobs take from now on, by the service's clock."""
    if seconds < 0:
        raise ValueError("a job takes 0 seconds or more")
    with store.transaction():
        store.put("meta", {"seconds": seconds}, name=_DURATION)


@operation("GetCSVHeader")
def get_csv_header(call: Call) -> Doc:
    """The columns of a file for this pool."""
    pool = call.pool()
    return {"UserPoolId": pool["Id"], "CSVHeader": csv_header(pool)}


def csv_header(pool: Doc) -> list[str]:
    """All attributes but the subject, and the two columns that are no attributes."""
    names = [str(attribute["Name"]) for attribute in pool["SchemaAttributes"] if attribute["Name"] != "sub"]
    return ["cognito:username", *names, "cognito:mfa_enabled"]


@operation("CreateUserImportJob")
def create_user_import_job(call: Call) -> Doc:
    """Stage a job; never idempotent. Its address takes the file for 15 minutes."""
    pool, params, now = call.pool(), call.params, call.clock.now()
    pool_id = str(pool["Id"])
    require_room(call.store, "import_jobs_per_pool", call.store.count("import_jobs", pool_id=pool_id))
    if "PasswordHashingAlgorithm" in params:
        raise invalid("Password hashes are imported by pools on the newer infrastructure only.")
    job: Doc = {
        "JobId": f"import-{uuid.uuid4().hex[:20]}",
        "JobName": params["JobName"],
        "UserPoolId": pool_id,
        "CloudWatchLogsRoleArn": params["CloudWatchLogsRoleArn"],
        "CreationDate": now,
        "Status": "Created",
        "ImportedUsers": 0,
        "SkippedUsers": 0,
        "FailedUsers": 0,
    }
    keys = {"id": job["JobId"], "pool_id": pool_id, "account": call.account, "region": call.signed_region()}
    call.store.insert("import_jobs", job, **keys)
    return {"UserImportJob": _shown(call, job)}


def _shown(call: Call, job: Doc) -> Doc:
    """A job as the API shows it; the address is there while the job waits for its file."""
    if job["Status"] != "Created":
        return job
    return {**job, "PreSignedUrl": upload_url(call.store, call.origin, str(job["JobId"]), float(job["CreationDate"]))}


def _existing(call: Call) -> Doc:
    pool_id, job_id = str(call.pool()["Id"]), str(call.params["JobId"])
    found = call.store.get("import_jobs", id=job_id, pool_id=pool_id)
    if found is None:
        raise not_found(f"User import job {job_id} does not exist.")
    return _advanced(call, found)


def _advanced(call: Call, job: Doc) -> Doc:
    """The job in the state it has by now, written if that is another one."""
    now, before = call.clock.now(), str(job["Status"])
    if before == "Created" and now - float(job["CreationDate"]) > _STAGED_SECONDS:
        job["Status"] = "Expired"
    elif before == "Stopping":
        job |= {"Status": "Stopped", "CompletionDate": now, "CompletionMessage": "Stopped_by_request"}
    elif before in ("Pending", "InProgress"):
        done = now >= float(job["StartDate"]) + _duration(call.store)
        job |= _finished(call, job, now) if done else {"Status": "InProgress"}
    if job["Status"] != before:
        call.store.update("import_jobs", job, id=str(job["JobId"]))
    return job


def _duration(store: Store) -> float:
    changed = store.get("meta", name=_DURATION)
    return _DEFAULT_DURATION if changed is None else float(changed["seconds"])


def _finished(call: Call, job: Doc, now: float) -> Doc:
    pool = call.pool(str(job["UserPoolId"]))
    file = call.store.get("import_files", job_id=str(job["JobId"]))
    result = import_rows(call, pool, "" if file is None else str(file["text"]), csv_header(pool))
    call.store.delete("import_files", job_id=str(job["JobId"]))
    return {
        "Status": "Failed" if result is None else "Succeeded",
        "CompletionDate": now,
        "CompletionMessage": "The_header_does_not_match" if result is None else "Import_job_completed",
        **({} if result is None else result),
    }


@operation("DescribeUserImportJob")
def describe_user_import_job(call: Call) -> Doc:
    """One job as it is now."""
    return {"UserImportJob": _shown(call, _existing(call))}


@operation("ListUserImportJobs")
def list_user_import_jobs(call: Call) -> Doc:
    """The pool's jobs; absent where there are none, because a list of none is not in the model."""
    pool_id = str(call.pool()["Id"])
    call.params["MaxResults"] = min(int(call.params["MaxResults"]), _MAX_PAGE)

    def fetch(after: str | None, limit: int) -> list[Doc]:
        return call.store.select("import_jobs", order="id", after=after, limit=limit, pool_id=pool_id)

    page = read_page(call, fetch, lambda job: str(job["JobId"]), limit_name="MaxResults", page_member="PaginationToken")
    jobs = [_shown(call, _advanced(call, job)) for job in page.items]
    return with_token({"UserImportJobs": jobs} if jobs else {}, page, "PaginationToken")


@operation("StartUserImportJob")
def start_user_import_job(call: Call) -> Doc:
    """Run a job whose file has arrived, unless another one runs in this account and Region."""
    job = _existing(call)
    if job["Status"] != "Created":
        raise _unmet(f"The job is {job['Status']}.")
    if call.store.get("import_files", job_id=str(job["JobId"])) is None:
        raise _unmet("The CSV file has not been uploaded.")
    if _any_active(call, call.store.select("import_jobs", account=call.account, region=call.signed_region())):
        raise _unmet("Another user import job is active in this account.")
    job |= {"Status": "Pending", "StartDate": call.clock.now()}
    call.store.update("import_jobs", job, id=str(job["JobId"]))
    return {"UserImportJob": job}


@operation("StopUserImportJob")
def stop_user_import_job(call: Call) -> Doc:
    """Stop a job that runs."""
    job = _existing(call)
    if job["Status"] not in _ACTIVE:
        raise _unmet(f"The job is {job['Status']}.")
    job["Status"] = "Stopping"
    call.store.update("import_jobs", job, id=str(job["JobId"]))
    return {"UserImportJob": job}


def _unmet(message: str) -> ServiceError:
    return ServiceError("PreconditionNotMetException", message)


def _any_active(call: Call, jobs: list[Doc]) -> bool:
    return any(_advanced(call, job)["Status"] in _ACTIVE for job in jobs)


def require_no_import(call: Call, pool: Doc) -> None:
    """Raise UserImportInProgressException while a job runs in the pool (reference 2.5)."""
    if _any_active(call, call.store.select("import_jobs", pool_id=str(pool["Id"]))):
        message = "A user import job is running in this user pool."
        raise ServiceError("UserImportInProgressException", message)


def accept_upload(store: Store, clock: Clock, job_id: str, text: str) -> bool:
    """Keep the file of a job that waits for one; False where there is no such job."""
    with store.transaction():
        job = store.get("import_jobs", id=job_id)
        if job is None or job["Status"] != "Created":
            return False
        store.put("import_files", {"text": text, "date": clock.now()}, job_id=job_id)
        return True
