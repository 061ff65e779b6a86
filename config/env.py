"""The environment, read once, typed, and refused with a clear message when it is wrong."""

import base64
import binascii
from enum import StrEnum
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Self
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from config.logs import LogFormat

_DNS_PORT = 53


class Site(StrEnum):
    """Which of the two hosts this process serves: they have different addresses, cookies and URL maps."""

    DASHBOARD = "dashboard"
    SIGNIN = "signin"


class Environment(BaseSettings):
    """Every setting an installation can choose; `LIFEGUARD_<NAME>` in the environment.

    Raises:
        pydantic.ValidationError: names each variable that is missing or unusable, and why.
    """

    model_config = SettingsConfigDict(env_prefix="LIFEGUARD_", frozen=True)

    site: Site = Site.DASHBOARD
    secret_key: SecretStr
    encryption_keys: SecretStr
    database_url: str
    redis_url: str
    dashboard_url: str
    signin_url: str
    email_url: str
    email_from: str
    product_name: str = "Lifeguard"
    debug: bool = False
    trusted_proxies: int = 0
    log_level: str = "INFO"
    log_format: LogFormat = LogFormat.AUTO
    # Where Prometheus may ask the main process; without a port nothing listens.
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    metrics_host: str = "127.0.0.1"
    # A call to Cognito takes at most 7 seconds (2 to connect, 5 to read) and has to end within its writer's lease.
    sync_lease_seconds: int = Field(default=60, ge=8)
    sync_sweep_seconds: int = 5
    sync_create_grace_seconds: int = 60
    # How often all users of a pool are read. A million of them cost 16,667 calls, of 30 a second that a cell has.
    pull_interval_seconds: int = Field(default=6 * 60 * 60, ge=60)
    # Name servers that domains are proved by, as address or address:port, with commas; the machine's own where empty.
    dns_servers: str = ""

    # Networks, as CIDR with commas, that metadata and discovery documents may be fetched from although they are not
    # public; from there over http and at any port too. Everything in them answers to whoever may edit a connection.
    fetch_allowed_networks: str = ""

    # Who knows passwords from breaches (`identity.leaked_passwords`): a service that answers by ranges of hashes, like
    # https://api.pwnedpasswords.com/range, or a sorted file of SHA-1 hashes. Without either nothing is looked up.
    leaked_passwords_url: str = ""
    leaked_passwords_file: str = ""

    @field_validator("dashboard_url", "signin_url")
    @classmethod
    def _origin(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
            raise ValueError("must be an origin such as https://login.example.com, without a path")
        local = parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if parts.scheme == "http" and not local:
            raise ValueError("must be https; plain http is accepted for localhost alone")
        return value.rstrip("/")

    @field_validator("email_url")
    @classmethod
    def _mail_server(cls, value: str) -> str:
        if urlsplit(value).scheme not in {"smtp", "smtp+tls", "smtps"} or not urlsplit(value).hostname:
            raise ValueError("must be smtp://, smtp+tls:// or smtps:// with a host")
        return value

    @field_validator("dns_servers")
    @classmethod
    def _name_servers_parse(cls, value: str) -> str:
        _parse_name_servers(value)
        return value

    @field_validator("fetch_allowed_networks")
    @classmethod
    def _networks_parse(cls, value: str) -> str:
        _parse_networks(value)
        return value

    @field_validator("leaked_passwords_url")
    @classmethod
    def _service(cls, value: str) -> str:
        parts = urlsplit(value)
        local = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
        if value and not (parts.hostname and (parts.scheme == "https" or local)):
            raise ValueError("must be https://…, without the five digits; plain http is accepted for localhost alone")
        return value

    @field_validator("encryption_keys")
    @classmethod
    def _keys_parse(cls, value: SecretStr) -> SecretStr:
        _parse_keys(value.get_secret_value())
        return value

    @model_validator(mode="after")
    def _hosts_differ(self) -> Self:
        if self.dashboard_url == self.signin_url:
            raise ValueError("LIFEGUARD_DASHBOARD_URL and LIFEGUARD_SIGNIN_URL must be two different origins")
        return self

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if self.leaked_passwords_url and self.leaked_passwords_file:
            raise ValueError("choose one of LIFEGUARD_LEAKED_PASSWORDS_URL and LIFEGUARD_LEAKED_PASSWORDS_FILE")
        return self

    @cached_property
    def data_keys(self) -> dict[str, bytes]:
        """AES-256 keys by key id, in the order given; the first encrypts, all of them decrypt."""
        return _parse_keys(self.encryption_keys.get_secret_value())

    @cached_property
    def name_servers(self) -> tuple[tuple[str, int], ...]:
        """Address and port of each name server that was configured."""
        return _parse_name_servers(self.dns_servers)

    @cached_property
    def fetch_networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks that may be fetched from although they are not public."""
        return _parse_networks(self.fetch_allowed_networks)

    @property
    def own_url(self) -> str:
        """The origin that this process answers on."""
        return self.dashboard_url if self.site is Site.DASHBOARD else self.signin_url


def load() -> Environment:
    """Read the environment.

    Raises:
        ImproperlyConfigured: names each variable that is missing or unusable, and why; never its value.
    """
    try:
        return Environment()  # type: ignore[call-arg]  # pydantic fills the fields from the environment
    except ValidationError as error:
        complaints = map(_complaint, error.errors())
        raise ImproperlyConfigured("\n".join(["The environment is not usable:", *complaints])) from None


def _complaint(error: ErrorDetails) -> str:
    name = "_".join(str(part).upper() for part in error["loc"])
    missing = error["type"] == "missing"
    words = "is missing (README.md has the table)" if missing else error["msg"].removeprefix("Value error, ")
    return f"  LIFEGUARD_{name}: {words}" if name else f"  {words}"


def _parse_keys(text: str) -> dict[str, bytes]:
    keys: dict[str, bytes] = {}
    for item in text.split(","):
        key_id, separator, encoded = item.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise ValueError(f"encryption key {key_id!r} is not base64") from error
        if not separator or not key_id or len(key) != 32:
            raise ValueError("each encryption key is <id>:<32 bytes in base64>, separated by commas")
        keys[key_id] = key
    return keys


def _parse_name_servers(text: str) -> tuple[tuple[str, int], ...]:
    servers = []
    for item in filter(None, (part.strip() for part in text.split(","))):
        address = urlsplit(f"//{item}")
        try:
            servers.append((str(ip_address(address.hostname or "")), address.port or _DNS_PORT))
        except ValueError as error:
            example = "each name server is an IP address, with a port where it is not 53: 192.0.2.53 or 127.0.0.1:5300"
            raise ValueError(example) from error
    return tuple(servers)


def _parse_networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(ip_network(item.strip()) for item in text.split(",") if item.strip())
    except ValueError as error:
        raise ValueError("each network is one in CIDR notation, such as 10.20.0.0/16, separated by commas") from error
