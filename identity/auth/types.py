"""What goes into signing in, and what comes out."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import SecretStr

from identity.cognito.endpoint import CellEndpoint, PoolRef
from tenants.factors import SecondFactor

# By the names of UserMFASettingList and of MFAS_CAN_CHOOSE; descriptions in botocore's model say EMAIL_MFA as well.
FACTOR_NAMES = {
    "SOFTWARE_TOKEN_MFA": SecondFactor.TOTP,
    "EMAIL_OTP": SecondFactor.EMAIL,
    "EMAIL_MFA": SecondFactor.EMAIL,
    "SMS_MFA": SecondFactor.SMS,
}


def factors_named(names: Iterable[str]) -> frozenset[SecondFactor]:
    """Return the second factors that Cognito names, without names that we do not know."""
    return frozenset(FACTOR_NAMES[name] for name in names if name in FACTOR_NAMES)


@dataclass(frozen=True, slots=True)
class AppClientRef:
    """The confidential app client through which a person signs in."""

    endpoint: CellEndpoint
    pool_id: str
    client_id: str
    client_secret: SecretStr

    @property
    def pool(self) -> PoolRef:
        """The client's pool."""
        return PoolRef(self.endpoint, self.pool_id)


@dataclass(frozen=True, slots=True)
class NewDevice:
    """What Cognito calls the device that a person signs in from, until it is confirmed."""

    key: str
    group_key: str


@dataclass(frozen=True, slots=True)
class Device:
    """A device that Cognito remembers, and the password with which it proves itself: whoever has it is that device."""

    key: str
    group_key: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person is signed in at Cognito.

    ``subject``, ``username`` and ``client_id`` are read from the access token as it came from Cognito; its signature is
    not checked here. ``refresh_token`` is ``None`` where the pool issues none. ``new_device`` is there where the pool
    remembers devices and this one was not named; ``by_device`` says that a remembered one proved itself, in place of a
    second factor.
    """

    subject: str
    username: str
    client_id: str
    access_token: SecretStr
    id_token: SecretStr
    refresh_token: SecretStr | None
    new_device: NewDevice | None = None
    by_device: bool = False


@dataclass(frozen=True, slots=True)
class NewPasswordRequired:
    """The password is a temporary one. ``missing_attributes`` are required ones that the user has no value for yet.

    In this and the other challenges, ``username`` is the name to answer with (not the alias that was typed), and
    ``session`` is a secret: whoever has it can answer.
    """

    username: str
    session: str = field(repr=False)
    missing_attributes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TotpRequired:
    """A code from the person's authenticator app is asked for."""

    username: str
    session: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CodeRequired:
    """A code that Cognito has just sent is asked for; ``destination`` is where to, with most of it hidden."""

    username: str
    session: str = field(repr=False)
    factor: SecondFactor
    destination: str = ""


@dataclass(frozen=True, slots=True)
class FactorChoice:
    """The person has several second factors, and chooses one; ``names`` are Cognito's."""

    username: str
    session: str = field(repr=False)
    names: tuple[str, ...]

    @property
    def factors(self) -> tuple[SecondFactor, ...]:
        """What can be chosen, by our names."""
        return tuple(FACTOR_NAMES[name] for name in self.names)


@dataclass(frozen=True, slots=True)
class TotpSetupRequired:
    """The pool demands a second factor and the person has none yet: set up an authenticator app."""

    username: str
    session: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OtherChallenge:
    """A challenge that this port does not answer; ``name`` is Cognito's, for the log."""

    name: str


SignInResult = (
    SignedIn | NewPasswordRequired | TotpRequired | CodeRequired | FactorChoice | TotpSetupRequired | OtherChallenge
)


@dataclass(frozen=True, slots=True)
class TotpSecret:
    """What an authenticator app is set up with: ``secret`` in base32 (RFC 6238 with SHA-1, 6 digits, 30 seconds).

    ``session`` carries a set-up during sign-in on; it is ``None`` for a person who is signed in already.
    """

    secret: SecretStr
    session: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class FactorSettings:
    """The second factors that a person has at Cognito.

    ``preferred`` is the one that Cognito asks for without letting them choose; ``None`` where they choose.
    """

    on: frozenset[SecondFactor]
    preferred: SecondFactor | None


@dataclass(frozen=True, slots=True)
class Phone:
    """A person's telephone number (E.164), empty where there is none."""

    number: str
    is_verified: bool
