"""Reading Cognito's answers to a sign-in."""

import jwt
import pytest
from pydantic import SecretStr

from identity.auth.challenges import read_answer
from identity.auth.types import NewPasswordRequired, OtherChallenge, SignedIn, TotpRequired, TotpSetupRequired

CLAIMS = {"sub": "s-1", "username": "key.u1", "client_id": "c1", "token_use": "access"}
ACCESS_TOKEN = jwt.encode(CLAIMS, "a key that nobody checks here, long", algorithm="HS256")


def test_tokens() -> None:
    answer = {"AuthenticationResult": {"AccessToken": ACCESS_TOKEN, "IdToken": "id", "RefreshToken": "refresh"}}
    signed_in = read_answer(answer, "typed@example.com")
    assert signed_in == SignedIn("s-1", "key.u1", "c1", SecretStr(ACCESS_TOKEN), SecretStr("id"), SecretStr("refresh"))
    assert ACCESS_TOKEN not in repr(signed_in)
    assert "refresh'" not in repr(signed_in)


def test_tokens_without_a_refresh_token() -> None:
    signed_in = read_answer({"AuthenticationResult": {"AccessToken": ACCESS_TOKEN, "IdToken": "id"}}, "u")
    assert isinstance(signed_in, SignedIn)
    assert signed_in.refresh_token is None


def test_a_challenge_names_the_user_to_answer_for() -> None:
    parameters = {
        "USER_ID_FOR_SRP": "key.u1",
        "requiredAttributes": '["userAttributes.name", "phone_number"]',
        "userAttributes": "{}",
    }
    answer = {"ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": "s", "ChallengeParameters": parameters}
    assert read_answer(answer, "typed@example.com") == NewPasswordRequired("key.u1", "s", ("name", "phone_number"))


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("SOFTWARE_TOKEN_MFA", {}, TotpRequired("u", "s")),
        ("MFA_SETUP", {"MFAS_CAN_SETUP": '["SMS_MFA","SOFTWARE_TOKEN_MFA"]'}, TotpSetupRequired("u", "s")),
        ("MFA_SETUP", {"MFAS_CAN_SETUP": '["SMS_MFA"]'}, OtherChallenge("MFA_SETUP")),
        ("NEW_PASSWORD_REQUIRED", {}, NewPasswordRequired("u", "s", ())),
        ("DEVICE_SRP_AUTH", {}, OtherChallenge("DEVICE_SRP_AUTH")),
    ],
)
def test_challenges(name: str, parameters: dict[str, str], expected: object) -> None:
    answer = {"ChallengeName": name, "Session": "s", "ChallengeParameters": parameters}
    assert read_answer(answer, "u") == expected


@pytest.mark.parametrize("challenge", [TotpRequired, TotpSetupRequired, NewPasswordRequired])
def test_a_session_is_not_shown(challenge: type[TotpRequired | TotpSetupRequired | NewPasswordRequired]) -> None:
    assert "session-secret" not in repr(challenge("u", "session-secret"))
