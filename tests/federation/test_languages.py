"""Each text that an end user reads is there in each language."""

import gettext
import re
import shutil
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings as product
from django.core.management import call_command
from pytest_django import Settings

ROOT = Path(__file__).resolve().parents[2]
LOCALE = Path(product.LOCALE_PATHS[0])
TRANSLATED = [code for code, _name in product.BRAND_LANGUAGES if code != product.LANGUAGE_CODE]
# `margin-left`, `left:` and the like; `inset-inline-start` has a hyphen before, and is what is wanted.
ONE_SIDED = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin)-)?(?:left|right)\s*:|text-align:\s*(?:left|right)"
)


def catalog(code: str, folder: Path = LOCALE) -> Catalog:
    with (folder / code / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=code)


def messages(found: Catalog) -> list[Message]:
    return [message for message in found if message.id]


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


@pytest.mark.parametrize("code", TRANSLATED)
def test_nothing_lacks_a_translation(code: str) -> None:
    whole = catalog(code)
    found = messages(whole)
    assert [message.id for message in found if message.fuzzy or not all(forms(message))] == []
    faults = {str(message.id): list(message.check(whole)) for message in found}
    assert {text: told for text, told in faults.items() if told} == {}


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_is_compiled_is_what_was_translated(code: str) -> None:
    with (LOCALE / code / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in messages(catalog(code)):
        if isinstance(message.id, str):
            got = compiled.pgettext(message.context, message.id) if message.context else compiled.gettext(message.id)
            assert got == message.string
        else:
            one, many = message.id
            assert compiled.ngettext(one, many, 1) == forms(message)[0]


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="GNU gettext, which collects texts, is not installed")
def test_each_text_is_collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    for name in ("config", "federation", "identity", "tenants", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    monkeypatch.chdir(tmp_path)
    settings.LOCALE_PATHS = [tmp_path / "federation" / "locale"]
    call_command("brand_messages", verbosity=0)
    wanted = {message.id for message in catalog("de", tmp_path / "federation" / "locale")}
    shipped = {message.id for message in catalog("de")}
    assert wanted == shipped, "run `make messages`, and translate what is new"


@pytest.mark.parametrize("sheet", sorted((ROOT / "static" / "css").glob("*.css")), ids=lambda path: path.name)
def test_no_style_knows_left_from_right(sheet: Path) -> None:
    assert ONE_SIDED.findall(sheet.read_text()) == []
