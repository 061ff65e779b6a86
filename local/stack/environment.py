"""The environment that the product reads (`config/env.py`), filled in for servers on this machine."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from local.stack.ports import Ports
from local.stack.services import ServiceAddresses

# The access key that the local Cognito takes for its account's root.
_AWS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


@dataclass(frozen=True)
class Secrets:
    """What an installation must keep to itself. `operator_password` is that of the demonstration operator."""

    secret_key: str
    encryption_keys: str
    operator_password: str

    @classmethod
    def generate(cls) -> Self:
        """New random ones."""
        data_key = base64.b64encode(secrets.token_bytes(32)).decode()
        return cls(secrets.token_urlsafe(48), f"local:{data_key}", secrets.token_urlsafe(12))

    @classmethod
    def load_or_generate(cls, path: Path) -> Self:
        """Those in the file; on the first run new ones, written to it readable by its owner alone."""
        if path.exists():
            return cls(**json.loads(path.read_text()))
        generated = cls.generate()
        write_private(path, json.dumps(asdict(generated)))
        return generated


@dataclass(frozen=True)
class Urls:
    """The origins of the three sites, and of the two demonstration identity providers.

    On `localhost` and not an address, because the RP id of a passkey must be a domain (WebAuthn section 5.1.2).
    """

    dashboard: str
    signin: str
    sample: str
    saml_idp: str
    oidc_idp: str

    @classmethod
    def on(cls, ports: Ports) -> Self:
        """Those of servers on these ports."""
        sites = (ports.dashboard, ports.signin, ports.sample, ports.saml_idp, ports.oidc_idp)
        return cls(*(f"http://localhost:{port}" for port in sites))


def product_environment(addresses: ServiceAddresses, urls: Urls, own: Secrets) -> dict[str, str]:
    """Our environment with everything that the product's processes need; `LIFEGUARD_SITE` is left to each of them."""
    return {
        **os.environ,
        **_AWS,
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "local.settings",
        "LIFEGUARD_SECRET_KEY": own.secret_key,
        "LIFEGUARD_ENCRYPTION_KEYS": own.encryption_keys,
        "LIFEGUARD_DATABASE_URL": addresses.database_url,
        "LIFEGUARD_REDIS_URL": addresses.redis_url,
        "LIFEGUARD_EMAIL_URL": addresses.email_url,
        "LIFEGUARD_EMAIL_FROM": "Lifeguard <no-reply@lifeguard.example>",
        "LIFEGUARD_DASHBOARD_URL": urls.dashboard,
        "LIFEGUARD_SIGNIN_URL": urls.signin,
        "LIFEGUARD_DNS_SERVERS": addresses.dns_server,
        "LIFEGUARD_LEAKED_PASSWORDS_URL": addresses.leaked_url,
        # The identity providers of the stack are on this machine, without TLS.
        "LIFEGUARD_FETCH_ALLOWED_NETWORKS": "127.0.0.0/8,::1/128",
        "LOCAL_MAIL_DIR": addresses.maildir,
        "LOCAL_DNS_RECORDS": addresses.dns_records,
        "LOCAL_SAMPLE_URL": urls.sample,
        "LOCAL_SAML_IDP_URL": urls.saml_idp,
        "LOCAL_OIDC_IDP_URL": urls.oidc_idp,
        "LOCAL_TEXTS_URL": f"{addresses.cognito_url}/_local/texts",
    }


def write_private(path: Path, text: str) -> None:
    """Write a file that nobody but its owner may read, whole or not at all."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    unfinished.rename(path)
