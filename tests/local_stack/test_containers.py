"""The production shape: docker-compose.yml and the entry point of its image."""

import shutil
import subprocess

import pytest

from tests.support.stack_plugin import ROOT

SETTINGS = {
    "LIFEGUARD_SECRET_KEY": "secret",
    "LIFEGUARD_ENCRYPTION_KEYS": "key:value",
    "LIFEGUARD_DASHBOARD_URL": "https://dashboard.example.com",
    "LIFEGUARD_SIGNIN_URL": "https://login.example.com",
    "LIFEGUARD_EMAIL_URL": "smtp://mail.example.com",
    "LIFEGUARD_EMAIL_FROM": "no-reply@example.com",
    "POSTGRES_PASSWORD": "password",
}


def compose_is_installed() -> bool:
    if shutil.which("docker") is None:
        return False
    return subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not compose_is_installed(), reason="docker compose is not installed here")
@pytest.mark.parametrize("options", [[], ["--profile", "local"]])
def test_compose_file_is_valid(options: list[str]) -> None:
    result = subprocess.run(
        ["docker", "compose", *options, "config", "--quiet"],
        cwd=ROOT,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", **SETTINGS},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_entry_point_refuses_a_part_that_does_not_exist() -> None:
    result = subprocess.run([ROOT / "docker-entrypoint.sh", "cron"], capture_output=True, text=True, check=False)
    assert result.returncode == 64
    assert "dashboard, signin, worker, beat, setup" in result.stderr
