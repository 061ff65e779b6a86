"""The doctor looks at the list of passwords from breaches."""

import hashlib
from pathlib import Path

import pytest
from django.conf import LazySettings

from config.doctor.finding import Level
from config.doctor.leaked_passwords import check_leaked_passwords


def level() -> tuple[Level, bool]:
    [found] = check_leaked_passwords()
    return found.level, bool(found.remedy)


def test_the_local_stacks_service_answers() -> None:
    assert level() == (Level.OK, False)


def test_without_a_list_that_is_to_know(settings: LazySettings) -> None:
    settings.LEAKED_PASSWORDS_URL = settings.LEAKED_PASSWORDS_FILE = ""
    assert level() == (Level.WARNING, True)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/range", "http://127.0.0.1:1"])
def test_one_that_does_not_answer_is_a_failure(settings: LazySettings, url: str) -> None:
    settings.LEAKED_PASSWORDS_URL = url
    assert level() == (Level.FAILED, True)


def test_one_that_knows_nothing(settings: LazySettings, tmp_path: Path) -> None:
    file = tmp_path / "hashes.txt"
    file.write_text(hashlib.sha1(b"something else", usedforsecurity=False).hexdigest() + "\n")
    settings.LEAKED_PASSWORDS_URL, settings.LEAKED_PASSWORDS_FILE = "", str(file)
    assert level() == (Level.WARNING, True)
