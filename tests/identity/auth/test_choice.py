"""Whom Cognito asked nothing is answered as anybody else."""

from typing import Any

import pytest
from pydantic import SecretStr

from identity.auth import choice
from identity.auth.errors import CodeMismatch, InvalidCredentials
from identity.auth.types import AppClientRef
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.error_rules import refusal_for

CLIENT = AppClientRef(CellEndpoint("own", "eu-west-1"), "eu-west-1_pool", "client", SecretStr("secret"))


def refuse(monkeypatch: pytest.MonkeyPatch, call: str, code: str) -> list[Any]:
    """Let a call of Cognito's be refused, and return the sessions that it is made with."""
    sessions: list[Any] = []

    def refused(*_args: object, session: str | None = None) -> None:
        sessions.append(session)
        raise refusal_for(code, "").raised_by(call, "", code=code)

    monkeypatch.setattr(choice, call, refused)
    return sessions


def test_who_must_choose_another_password_is_offered_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, "initiate", "PasswordResetRequiredException")
    assert choice.begin_code(CLIENT, "ann", choice.EMAIL_CODE) == choice.NotOffered("")


@pytest.mark.parametrize("code", ["InvalidParameterException", "CodeMismatchException", "NotAuthorizedException"])
def test_an_answer_to_nothing_costs_a_call_and_is_wrong(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    sessions = refuse(monkeypatch, "respond", code)
    with pytest.raises(CodeMismatch):
        choice.answer_code(CLIENT, "ann", choice.EMAIL_CODE, "", "123456")
    with pytest.raises(InvalidCredentials):
        choice.answer_passkey(CLIENT, "ann", "", "{}")
    assert len(sessions) == 2
    assert all(20 <= len(session) <= 2048 for session in sessions)
