"""What was answered survives SIGKILL, and no password is on disk."""

import sys
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.local_cognito.cast import OTHER_PASSWORD, PASSWORD, Place, make_place
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito


def _at(cognito: RunningCognito, place: Place) -> Place:
    """The same place, after the service moved to another port."""
    return Place(cognito.client(), place.pool_id, place.client_id, place.secret)


def test_everything_survives_sigkill(own_cognito: RunningCognito) -> None:
    place = make_place(own_cognito.client(), confidential=True)
    sub = place.add_user("ada")
    result = place.password_sign_in("ada")["AuthenticationResult"]
    with pytest.raises(ClientError):
        place.password_sign_in("ada", OTHER_PASSWORD)
    own_cognito.kill()
    own_cognito.restart()
    place = _at(own_cognito, place)
    assert place.idp.get_user(AccessToken=result["AccessToken"])["UserAttributes"] == [{"Name": "sub", "Value": sub}]
    assert "AuthenticationResult" in place.srp("ada").authenticate_user()
    described = place.idp.describe_user_pool_client(UserPoolId=place.pool_id, ClientId=place.client_id)
    assert described["UserPoolClient"]["ClientSecret"] == place.secret


def test_refused_request_changes_nothing(own_cognito: RunningCognito) -> None:
    place = make_place(own_cognito.client(), pool={"AliasAttributes": ["email"]})
    place.add_user("ada", email="a@acme.example", email_verified="true")
    with pytest.raises(ClientError):
        place.add_user("grace", email="a@acme.example", email_verified="true")
    with pytest.raises(ClientError) as caught:
        place.idp.admin_get_user(UserPoolId=place.pool_id, Username="grace")
    assert refusal(caught)[0] == "UserNotFoundException"


def test_no_password_is_on_disk(own_cognito: RunningCognito) -> None:
    place = make_place(own_cognito.client())
    place.add_user("ada")
    place.password_sign_in("ada")
    own_cognito.stop()
    files = [path for path in own_cognito.data.rglob("*") if path.is_file()]
    assert files
    assert not any(PASSWORD.encode() in path.read_bytes() for path in files)


def test_listens_on_loopback_only(own_cognito: RunningCognito) -> None:
    assert own_cognito.url.startswith("http://127.0.0.1:")
    port = int(own_cognito.url.rpartition(":")[2])
    listening = Path("/proc/net/tcp").read_text() if sys.platform == "linux" else ""
    addresses = {line.split()[1] for line in listening.splitlines()[1:] if line.split()[3] == "0A"}
    assert not listening or f"0100007F:{port:04X}" in addresses
    assert f"00000000:{port:04X}" not in addresses
