"""Session tracking: which sessions a user has, how many, and how they end."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_cognito.cast import Place, make_place
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito


def api(place: Place) -> Any:
    """The client of boto3, whose type information lacks these operations."""
    return place.idp


def tracked(cognito: RunningCognito, most: int = 20, **client: Any) -> Place:
    place = make_place(cognito.client(), **client)
    place.add_user("ann")
    limit(place, most)
    return place


def limit(place: Place, most: int, tracking: Any = "ENABLED") -> None:
    api(place).set_user_pool_session_configuration(
        UserPoolId=place.pool_id, UserSessionTracking=tracking, TokenSession={"MaxPerUser": most}
    )


def sign_in(place: Place) -> Any:
    return place.password_sign_in("ann")["AuthenticationResult"]


def listed(place: Place, token: str) -> list[Any]:
    return list(api(place).list_user_sessions(AccessToken=token)["Sessions"])


def refused(call: Any, **parameters: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return refusal(caught)[0]


def test_defaults_and_what_the_plan_and_the_order_forbid(cognito: RunningCognito) -> None:
    place = make_place(cognito.client())
    pool, client = {"UserPoolId": place.pool_id}, {"UserPoolId": place.pool_id, "ClientId": place.client_id}
    found = api(place).get_user_pool_session_configuration(**pool)
    assert (found["UserSessionTracking"], found["TokenSession"]) == ("DISABLED", {"MaxPerUser": 20})
    default = api(place).get_user_pool_client_session_configuration(**client)
    assert default["SSOSession"] == {"MaxValidityMinutes": 60}
    place.add_user("ann")
    idp, never = api(place), {"SSOSession": {"MaxValidityMinutes": 0}}
    assert refused(idp.set_user_pool_client_session_configuration, **client, **never) == "OperationNotEnabledException"
    assert refused(idp.admin_list_user_sessions, **pool, Username="ann") == "OperationNotEnabledException"
    token = sign_in(place)["AccessToken"]
    assert refused(idp.list_user_sessions, AccessToken=token) == "OperationNotEnabledException"
    limit(place, 20)
    idp.set_user_pool_client_session_configuration(**client, **never)
    # Dormant while tracking is off, and there again afterwards.
    limit(place, 20, "DISABLED")
    assert idp.get_user_pool_client_session_configuration(**client)["SSOSession"] == {"MaxValidityMinutes": 0}
    limit(place, 20)
    # Who signed in before has no session.
    assert listed(place, token) == []
    assert refused(idp.update_user_pool, **pool, UserPoolTier="LITE") == "TierChangeNotAllowedException"
    lite = make_place(cognito.client(), pool={"UserPoolTier": "LITE"})
    assert refused(limit, place=lite, most=20) == "FeatureUnavailableInTierException"


@pytest.mark.parametrize("most", [0, 101])
def test_bounds_are_the_models(cognito: RunningCognito, most: int) -> None:
    place = make_place(cognito.client())
    body = {"UserPoolId": place.pool_id, "UserSessionTracking": "ENABLED", "TokenSession": {"MaxPerUser": most}}
    answer = cognito.post("SetUserPoolSessionConfiguration", body)
    assert (answer.status_code, answer.json()["__type"]) == (400, "InvalidParameterException")


def test_the_least_recently_used_session_makes_room(cognito: RunningCognito) -> None:
    place = tracked(cognito, 2)
    first, second = sign_in(place), sign_in(place)
    # The first is renewed, so that the second is the one that was used the longest ago.
    api(place).get_tokens_from_refresh_token(ClientId=place.client_id, RefreshToken=first["RefreshToken"])
    third = sign_in(place)
    assert len(listed(place, third["AccessToken"])) == 2
    assert refused(api(place).get_user, AccessToken=second["AccessToken"]) == "NotAuthorizedException"
    renew = api(place).get_tokens_from_refresh_token
    assert refused(renew, ClientId=place.client_id, RefreshToken=second["RefreshToken"]) == "NotAuthorizedException"
    api(place).get_user(AccessToken=first["AccessToken"])
    # A lower limit ends nothing by itself.
    limit(place, 1)
    assert len(listed(place, first["AccessToken"])) == 2
    fourth = sign_in(place)
    assert [session["IsCurrentSession"] for session in listed(place, fourth["AccessToken"])] == [True]


def test_sessions_are_listed_and_ended(cognito: RunningCognito) -> None:
    place = tracked(cognito)
    here, there, elsewhere = (sign_in(place)["AccessToken"] for _ in range(3))
    sessions = listed(place, here)
    assert {session["SessionType"] for session in sessions} == {"TOKEN"}
    assert {session["ClientId"] for session in sessions} == {place.client_id}
    [mine] = [session["SessionId"] for session in sessions if session["IsCurrentSession"]]
    [theirs] = [session["SessionId"] for session in listed(place, there) if session["IsCurrentSession"]]
    idp, named = api(place), {"UserPoolId": place.pool_id, "Username": "ann"}
    assert refused(idp.revoke_user_session, AccessToken=here, SessionId=mine) == "InvalidParameterException"
    idp.revoke_user_session(AccessToken=here, SessionId=theirs)
    assert refused(idp.get_user, AccessToken=there) == "NotAuthorizedException"
    assert refused(idp.revoke_user_session, AccessToken=here, SessionId=theirs) == "ResourceNotFoundException"
    # The user's name must go with the session.
    place.add_user("bob")
    other = {**named, "Username": "bob"}
    assert refused(idp.admin_revoke_user_session, **other, SessionId=mine) == "ResourceNotFoundException"
    idp.admin_revoke_user_session(**named, SessionId=mine, RevokeAssociatedSessions="LINKED")
    assert refused(idp.get_user, AccessToken=here) == "NotAuthorizedException"
    [left] = idp.admin_list_user_sessions(**named)["Sessions"]
    assert left["IsCurrentSession"] is False
    idp.global_sign_out(AccessToken=elsewhere)
    assert idp.admin_list_user_sessions(**named)["Sessions"] == []
