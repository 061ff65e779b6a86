"""User import jobs: staged, uploaded, running, over; and what they hold up meanwhile."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.browser import HTTP
from tests.local_cognito.cast import make_pool
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito
from tests.support.cognito import LocalCognito

ROLE = "arn:aws:iam::123456789012:role/import"
ENCRYPTED = {"x-amz-server-side-encryption": "aws:kms"}
HOUR = 3600


@pytest.fixture
def idp(own_cognito: RunningCognito) -> CognitoIdentityProviderClient:
    """A service of the test's own: one import runs in an account at a time, and these tests move the clock."""
    LocalCognito(own_cognito.url).take_imports(HOUR)
    return own_cognito.client()


@pytest.fixture
def pool_id(idp: CognitoIdentityProviderClient) -> str:
    return make_pool(idp, AutoVerifiedAttributes=["email"], AliasAttributes=["email"])


def _job(idp: CognitoIdentityProviderClient, pool_id: str, content: str | None = None) -> Any:
    made = idp.create_user_import_job(UserPoolId=pool_id, JobName="import", CloudWatchLogsRoleArn=ROLE)
    job: Any = made["UserImportJob"]
    if content is not None:
        assert HTTP.put(job["PreSignedUrl"], content=content, headers=ENCRYPTED).status_code == 200
    return {"UserPoolId": pool_id, "JobId": job["JobId"]}


def _file(idp: CognitoIdentityProviderClient, pool_id: str, *people: dict[str, str]) -> str:
    columns = idp.get_csv_header(UserPoolId=pool_id)["CSVHeader"]
    lines = [columns, *([person.get(column, "") for column in columns] for person in people)]
    return "\n".join(",".join(line) for line in lines) + "\n"


def _person(username: str, **more: str) -> dict[str, str]:
    address = f"{username}@acme.example"
    return {
        "cognito:username": username,
        "email": address,
        "email_verified": "true",
        "cognito:mfa_enabled": "false",
    } | more


def test_import_makes_users(own_cognito: RunningCognito, idp: CognitoIdentityProviderClient, pool_id: str) -> None:
    idp.admin_create_user(UserPoolId=pool_id, Username="mary", MessageAction="SUPPRESS")
    people = [
        _person("ada", birthdate="12/10/1815", name="Lovelace\\, Ada"),
        _person("mary"),
        _person("unverified", email_verified="false"),
        _person("grace", email="ada@acme.example"),
        _person("joan", birthdate="1917"),
        _person("", email="nobody@acme.example"),
    ]
    job = _job(idp, pool_id, _file(idp, pool_id, *people))
    assert idp.start_user_import_job(**job)["UserImportJob"]["Status"] == "Pending"
    assert idp.describe_user_import_job(**job)["UserImportJob"]["Status"] == "InProgress"
    own_cognito.advance(HOUR)
    done: Any = idp.describe_user_import_job(**job)["UserImportJob"]
    counts = [done[name] for name in ("ImportedUsers", "SkippedUsers", "FailedUsers")]
    assert (done["Status"], counts) == ("Succeeded", [1, 1, 4])
    user = idp.admin_get_user(UserPoolId=pool_id, Username="ada@acme.example")
    attributes = {item["Name"]: item.get("Value") for item in user["UserAttributes"]}
    assert (user["Username"], user["UserStatus"]) == ("ada", "RESET_REQUIRED")
    assert (attributes["name"], attributes["birthdate"]) == ("Lovelace, Ada", "1815-12-10")


def test_running_import_holds_up_the_pool(
    own_cognito: RunningCognito, idp: CognitoIdentityProviderClient, pool_id: str
) -> None:
    idp.start_user_import_job(**_job(idp, pool_id, _file(idp, pool_id)))
    blocked: list[Any] = [
        lambda: idp.update_user_pool(UserPoolId=pool_id, AutoVerifiedAttributes=["email"]),
        lambda: idp.add_custom_attributes(UserPoolId=pool_id, CustomAttributes=[{"Name": "plan"}]),
        lambda: idp.delete_user_pool(UserPoolId=pool_id),
    ]
    for call in blocked:
        with pytest.raises(ClientError) as caught:
            call()
        assert refusal(caught)[0] == "UserImportInProgressException"
    other_id = make_pool(idp)
    idp.update_user_pool(UserPoolId=other_id)
    second = _job(idp, other_id, _file(idp, other_id))
    with pytest.raises(ClientError) as caught:
        idp.start_user_import_job(**second)
    assert refusal(caught)[0] == "PreconditionNotMetException"
    own_cognito.advance(HOUR)
    idp.start_user_import_job(**second)
    for call in blocked:
        call()


def test_stopped_import_makes_nobody(idp: CognitoIdentityProviderClient, pool_id: str) -> None:
    job = _job(idp, pool_id, _file(idp, pool_id, _person("ada")))
    with pytest.raises(ClientError) as caught:
        idp.stop_user_import_job(**job)
    assert refusal(caught)[0] == "PreconditionNotMetException"
    idp.start_user_import_job(**job)
    assert idp.stop_user_import_job(**job)["UserImportJob"]["Status"] == "Stopping"
    assert idp.describe_user_import_job(**job)["UserImportJob"]["Status"] == "Stopped"
    assert idp.list_users(UserPoolId=pool_id)["Users"] == []
    with pytest.raises(ClientError) as caught:
        idp.start_user_import_job(**job)
    assert refusal(caught)[0] == "PreconditionNotMetException"


def test_file_of_another_pool_fails(
    own_cognito: RunningCognito, idp: CognitoIdentityProviderClient, pool_id: str
) -> None:
    job = _job(idp, pool_id, "cognito:username,email\nada,ada@acme.example\n")
    idp.start_user_import_job(**job)
    own_cognito.advance(HOUR)
    assert idp.describe_user_import_job(**job)["UserImportJob"]["Status"] == "Failed"


def test_job_without_a_file_is_not_started_and_expires(
    own_cognito: RunningCognito, idp: CognitoIdentityProviderClient, pool_id: str
) -> None:
    job = _job(idp, pool_id)
    with pytest.raises(ClientError) as caught:
        idp.start_user_import_job(**job)
    assert refusal(caught)[0] == "PreconditionNotMetException"
    own_cognito.advance(25 * HOUR)
    assert idp.describe_user_import_job(**job)["UserImportJob"]["Status"] == "Expired"


def test_address_takes_a_file_for_a_quarter_of_an_hour(
    own_cognito: RunningCognito, idp: CognitoIdentityProviderClient, pool_id: str
) -> None:
    made = idp.create_user_import_job(UserPoolId=pool_id, JobName="import", CloudWatchLogsRoleArn=ROLE)
    address = made["UserImportJob"]["PreSignedUrl"]
    assert HTTP.put(address, content="x").status_code == 403
    assert HTTP.put(f"{address}0", content="x", headers=ENCRYPTED).status_code == 403
    assert HTTP.put(address, content="x", headers=ENCRYPTED).status_code == 200
    own_cognito.advance(15 * 60 + 1)
    assert HTTP.put(address, content="x", headers=ENCRYPTED).status_code == 403


def test_pages_of_jobs(idp: CognitoIdentityProviderClient, pool_id: str) -> None:
    assert "UserImportJobs" not in idp.list_user_import_jobs(UserPoolId=pool_id, MaxResults=60)
    wanted = {_job(idp, pool_id)["JobId"] for _ in range(3)}
    first = idp.list_user_import_jobs(UserPoolId=pool_id, MaxResults=2)
    second = idp.list_user_import_jobs(UserPoolId=pool_id, MaxResults=2, PaginationToken=first["PaginationToken"])
    assert {job["JobId"] for page in (first, second) for job in page["UserImportJobs"]} == wanted


def test_job_that_cannot_be(own_cognito: RunningCognito, idp: CognitoIdentityProviderClient, pool_id: str) -> None:
    common: Any = {"UserPoolId": pool_id, "JobName": "import", "CloudWatchLogsRoleArn": ROLE}
    with pytest.raises(ClientError) as caught:
        idp.describe_user_import_job(UserPoolId=pool_id, JobId="import-absent")
    assert refusal(caught)[0] == "ResourceNotFoundException"
    with pytest.raises(ClientError) as caught:
        idp.create_user_import_job(**common, PasswordHashingAlgorithm="BCRYPT")
    assert refusal(caught)[0] == "InvalidParameterException"
    LocalCognito(own_cognito.url).limit(import_jobs_per_pool=1)
    idp.create_user_import_job(**common)
    with pytest.raises(ClientError) as caught:
        idp.create_user_import_job(**common)
    assert refusal(caught)[0] == "LimitExceededException"
