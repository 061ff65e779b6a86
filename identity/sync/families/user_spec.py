"""A user as Cognito has them: what they should be, and what differs. Pure."""

from dataclasses import dataclass, replace

from identity.cognito import users
from identity.cognito.users import CognitoUser
from identity.models import DirectoryUser, UserStatus
from identity.sync.changes import Change
from identity.sync.profiles import Profile

# Changes of attributes, which one call makes together.
EMAIL, NAME = "E-mail", "Name"
ATTRIBUTES = frozenset({EMAIL, NAME})
# Says only that our row does not know Cognito's `sub` of somebody who was made for us.
SUBJECT = "Subject"


@dataclass(frozen=True)
class UserSpec:
    """What Cognito should know of a user. `mfa_resets` and `sign_outs` count those that were ever asked for.

    Who `may_be_made` has no password that anybody knows, so that another one may be made up for them. Who `arrives` is
    made by Cognito itself, when they next come by their identity provider.
    """

    username: str
    present: bool
    enabled: bool
    email: str
    email_verified: bool | None
    name: str
    may_be_made: bool
    mfa_resets: int
    arrives: bool = False
    sign_outs: int = 0

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes that are ours to say; what we have not, or is not ours, is left as it is."""
        attributes = {"email": self.email, "name": self.name}
        if self.email and self.email_verified is not None:
            attributes["email_verified"] = str(self.email_verified).lower()
        return {name: value for name, value in attributes.items() if value}


@dataclass(frozen=True)
class LiveUser:
    """A user in Cognito, if there is one, and what our row remembers: `subject` is the one that it keeps."""

    cognito: CognitoUser | None
    signed_out: bool
    mfa_resets: int
    subject: str
    sign_outs: int = 0


def desired(user: DirectoryUser) -> UserSpec:
    """Return what Cognito should know of a user who belongs there (`DirectoryUser.is_in_cognito`). Pure.

    The attributes of somebody who was created in Cognito past us are Cognito's, but for the address, and of somebody
    who comes through an identity provider all are the provider's (`identity.pull.ownership`).
    """
    made_there = bool(user.cognito_username)
    is_federated = user.cognito_status == users.UserStatus.EXTERNAL_PROVIDER
    return UserSpec(
        username=user.username,
        present=user.status != UserStatus.DELETING,
        enabled=user.status not in {UserStatus.DISABLED, UserStatus.DELETING},
        email="" if is_federated else user.email,
        email_verified=None if made_there else user.email_verified,
        name="" if made_there else user.name,
        may_be_made=user.awaits_password,
        # Cognito has no factors of theirs; the one that Lifeguard keeps goes by the same number.
        mfa_resets=user.mfa_reset_done if is_federated else user.mfa_reset_wanted,
        arrives=is_federated,
        sign_outs=user.sign_outs_wanted,
    )


def desired_profile(user: DirectoryUser, profile: Profile) -> UserSpec:
    """Return what Cognito should know of a user's profile by an identity provider, which says what it is. Pure."""
    return replace(
        desired(user),
        username=profile.username,
        present=profile.present and user.status != UserStatus.DELETING,
        email="",
        email_verified=None,
        name="",
        may_be_made=False,
        mfa_resets=0,
        arrives=True,
    )


def seen(user: DirectoryUser, cognito: CognitoUser | None) -> LiveUser:
    """Return a user as they were found, with what our row remembers. Pure."""
    return LiveUser(
        cognito,
        signed_out=user.tokens_revoked_at is not None,
        mfa_resets=user.mfa_reset_done,
        subject=user.cognito_sub,
        sign_outs=user.sign_outs_done,
    )


def differences(spec: UserSpec, live: LiveUser) -> list[Change]:
    """Return what must change, in the order in which it is to be changed: access first. Pure."""
    if not spec.present:
        return [Change("User", "present", "deleted")] if live.cognito is not None else []
    if live.cognito is None:
        # Who was disabled before they accepted their invitation is not there, and cannot get in either.
        return [Change("User", "absent", "present")] if spec.enabled and not spec.arrives else []
    unknown = spec.may_be_made and live.cognito.subject not in {"", live.subject}
    return [
        *([Change(SUBJECT, "not kept", "kept")] if unknown else []),
        *_access_changes(spec, live, live.cognito),
        *_attribute_changes(spec, live.cognito),
        *([Change("Factors", "set up", "removed")] if live.mfa_resets < spec.mfa_resets else []),
    ]


def _access_changes(spec: UserSpec, live: LiveUser, cognito: CognitoUser) -> list[Change]:
    changes = []
    if cognito.enabled != spec.enabled:
        changes.append(Change("Enabled", cognito.enabled, spec.enabled))
    if (not spec.enabled and (cognito.enabled or not live.signed_out)) or live.sign_outs < spec.sign_outs:
        changes.append(Change("Tokens", "valid", "revoked"))
    return changes


def _attribute_changes(spec: UserSpec, cognito: CognitoUser) -> list[Change]:
    changes = []
    verified = {"true": True, "false": False}.get(cognito.attributes.get("email_verified", "false"))
    if spec.email and (cognito.email.lower() != spec.email or spec.email_verified not in {None, verified}):
        changes.append(Change(EMAIL, cognito.email, spec.email))
    live_name = cognito.attributes.get("name", "")
    if spec.name and live_name != spec.name:
        changes.append(Change(NAME, live_name, spec.name))
    return changes
