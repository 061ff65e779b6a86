"""The Lambda functions that a user pool calls, and the request that says so. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

# The trigger of the function that writes Cognito's own messages.
MESSAGE_TRIGGER = "CustomMessage"
# The triggers that Cognito knows, by its own names.
PLAIN_TRIGGERS = (
    "PreSignUp",
    MESSAGE_TRIGGER,
    "PostConfirmation",
    "PreAuthentication",
    "PostAuthentication",
    "DefineAuthChallenge",
    "CreateAuthChallenge",
    "VerifyAuthChallengeResponse",
    "UserMigration",
)
VERSIONED_TRIGGERS = ("CustomSMSSender", "CustomEmailSender", "InboundFederation")


@dataclass(frozen=True, slots=True)
class Triggers:
    """Lambda functions that Cognito calls, by ARN.

    ``plain`` and ``versioned`` are by the name of the trigger; versioned ones know version V1_0 alone. ``token`` is the
    pre-token-generation function and ``token_version`` what it is given. ``kms_key`` encrypts codes for custom senders.
    ``cells_messages`` is the cell's function for CustomMessage, which a pool has that names none in ``plain``.
    """

    plain: Mapping[str, str] = field(default_factory=dict)
    versioned: Mapping[str, str] = field(default_factory=dict)
    token: str = ""
    token_version: str = "V2_0"  # noqa: S105  # A version.
    kms_key: str = ""
    cells_messages: str = ""

    @property
    def writes_messages(self) -> str:
        """The function for CustomMessage; the pool's own goes before the cell's."""
        return self.plain.get(MESSAGE_TRIGGER) or self.cells_messages

    @property
    def inherits_messages(self) -> bool:
        """Say whether the pool names none, so that its cell says which it is, or that there is none."""
        return not self.plain.get(MESSAGE_TRIGGER)


def lambda_config(triggers: Triggers) -> dict[str, Any]:
    """The member of UpdateUserPool, with ``None`` for what must be absent: a trigger that somebody else added shows.

    Both forms of the token trigger must agree.
    """
    versioned = {name: triggers.versioned.get(name) for name in VERSIONED_TRIGGERS}
    token = {"LambdaVersion": triggers.token_version, "LambdaArn": triggers.token}
    return {
        **{name: triggers.plain.get(name) for name in PLAIN_TRIGGERS},
        MESSAGE_TRIGGER: triggers.writes_messages or None,
        "PreTokenGeneration": triggers.token or None,
        "PreTokenGenerationConfig": token if triggers.token else None,
        **{name: {"LambdaVersion": "V1_0", "LambdaArn": arn} if arn else None for name, arn in versioned.items()},
        "KMSKeyID": triggers.kms_key or None,
    }
