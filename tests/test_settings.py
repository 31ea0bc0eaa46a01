"""What a person may set, and every way to set it wrongly."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from fieldtool.settings import Settings, SettingsError, load_settings, settings_file


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "settings.toml"
    monkeypatch.setenv("FIELDTOOL_CONFIG", str(path))
    return path


def test_without_a_file_nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIELDTOOL_CONFIG", raising=False)
    assert load_settings() == Settings()


def test_the_file_is_in_the_settings_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIELDTOOL_CONFIG", raising=False)
    assert settings_file().is_relative_to(home)
    settings_file().parent.mkdir(parents=True)
    settings_file().write_text('person = "INS-04"', encoding="utf-8")
    assert load_settings().person == "INS-04"


def test_everything_set(file: Path) -> None:
    file.write_text(
        """
        person = "INS-04"
        inspection = "hiow.db"
        theme = "ansi-dark"
        idle_minutes = 0

        [keys]
        "answer.yes" = "j"
        answer.no = ["n", "f8"]
        """,
        encoding="utf-8",
    )
    assert load_settings() == Settings(
        person="INS-04",
        inspection=file.parent / "hiow.db",
        theme="ansi-dark",
        keys={"answer.yes": "j", "answer.no": "n,f8"},
        idle_minutes=0,
    )


def test_a_byte_order_mark_is_no_matter(file: Path) -> None:
    file.write_bytes(b'\xef\xbb\xbfperson = "INS-04"\r\n')
    assert load_settings().person == "INS-04"


def test_a_path_from_home(file: Path, home: Path) -> None:
    file.write_text('inspection = "~/hiow.db"', encoding="utf-8")
    assert load_settings().inspection == home / "hiow.db"


def test_settings_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().person = "INS-01"  # type: ignore[misc]


WRONG = [
    ("persn = 'a'", 'persn: nothing is called "persn"; did you mean "person"?'),
    ("zzz = 1", 'zzz: nothing is called "zzz"; there are person, inspection, theme, keys, idle_minutes.'),
    ("person = 4", "person: a text in quotation marks belongs here, not 4."),
    ("person = ' '", 'person: a text in quotation marks belongs here, not " ".'),
    ("theme = ['a']", "theme: a text in quotation marks belongs here, not a list."),
    ("inspection = {a = 1}", "inspection: a text in quotation marks belongs here, not a table."),
    ("idle_minutes = '5'", 'idle_minutes: a whole number of minutes belongs here, not "5".'),
    ("idle_minutes = true", "idle_minutes: a whole number of minutes belongs here, not true."),
    ("idle_minutes = -1", "idle_minutes: a whole number of minutes belongs here, not -1."),
    ("keys = 'y'", "keys: a table belongs here"),
    ("keys = {answer = {yes = 1}}", "keys.answer.yes: a text in quotation marks belongs here, not 1."),
    ("keys = {'answer.yes' = ['y', 2]}", "keys.answer.yes: a text in quotation marks belongs here, not 2."),
    ("person = ", "is not TOML: "),
    ("person = 'a'\nperson = 'b'", "is not TOML: "),
]


@pytest.mark.parametrize(("text", "words"), WRONG, ids=lambda value: value if "=" in value else "")
def test_what_is_wrong_is_said_with_file_and_place(file: Path, text: str, words: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    said = str(caught.value)
    assert said.startswith(str(file))
    assert words in said
    assert "\n" not in said


def test_a_file_that_cannot_be_read(file: Path) -> None:
    with pytest.raises(SettingsError, match="There is no settings file"):
        load_settings()
    file.mkdir()
    with pytest.raises(SettingsError, match=r"cannot be read: is a directory|cannot be read: permission"):
        load_settings()
    file.rmdir()
    file.write_bytes(b"person = '\xff'")
    with pytest.raises(SettingsError, match="not UTF-8"):
        load_settings()


def test_settings_load_without_pydantic(file: Path) -> None:
    file.write_text("idle_minutes = 5", encoding="utf-8")
    program = (
        "import sys; from fieldtool.settings import load_settings; load_settings();"
        " sys.exit('pydantic' in sys.modules)"
    )
    root = Path(__file__).parent.parent
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0
