"""A new inspection set up by keys alone, where there is no file yet."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from builders.cases import TINY_FILE
from builders.inspections import PASSPHRASE
from fieldtool.store.file.database import key_file_of
from fieldtool.store.keys import key_file
from fieldtool.tui.setup.setup_screen import CodeScreen, FrameworkField, SetupScreen
from fieldtool.tui.setup_app import Chosen, SettingUpApp
from fieldtool.work.access import Access
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.new_inspection import UNENCRYPTED
from tui import looking
from tui.looking import press, settled

pytestmark = pytest.mark.usefixtures("cheap_passphrases")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new.db"


@pytest.fixture
def app(path: Path, tmp_path: Path) -> SettingUpApp:
    return SettingUpApp(path, None, tmp_path / "state", "LEAD-7")


def said(app: SettingUpApp) -> str:
    """What the form says, on one line."""
    return " ".join(line.strip() for line in looking.lines(app)[12:-1] if line.strip())


async def form(pilot: Pilot[Any]) -> None:
    await settled(pilot)
    await press(pilot, "enter")
    await settled(pilot)
    assert isinstance(pilot.app.screen, SetupScreen)


async def fill(pilot: Pilot[Any], *values: str) -> None:
    """Type a line after another; an empty one goes on to the next."""
    for value in values:
        if isinstance(pilot.app.focused, FrameworkField):
            await press(pilot, "down")
        await press(pilot, *value, "enter")


def put(app: SettingUpApp, *values: str) -> None:
    """Have values in the lines, one after the other."""
    for field, value in zip(app.screen.query(Input), values, strict=False):
        field.value = value or field.value


ALL = ("Trial", "Hampshire", "2/3/2026", "20.03.26", "", "Lea Dee", PASSPHRASE)


async def until(pilot: Pilot[Any], kind: type[object]) -> None:
    """Wait for a screen that a thread works for."""
    for _ in range(3):
        await settled(pilot)
        await pilot.app.workers.wait_for_complete(w for w in pilot.app.workers if w.name == "_make")
        await settled(pilot)
    assert isinstance(pilot.app.screen, kind), looking.text(pilot.app)


async def test_by_keys_alone(app: SettingUpApp, path: Path, tmp_path: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert "There is no file" in looking.text(app)
        await form(pilot)
        assert app.screen.query_one("#id", Input).value == "LEAD-7"
        await fill(pilot, *ALL)
        assert said(app).startswith("Strength ")
        assert PASSPHRASE not in looking.text(app)
        await fill(pilot, PASSPHRASE)
        await until(pilot, CodeScreen)
        code = next(line for line in looking.lines(app) if "Recovery code:" in line)
        await press(pilot, "enter")
    found = app.return_value
    assert found is not None
    assert found == Chosen(path, key_file.unlock(path, PASSPHRASE), new=True)
    words = code.strip("│ ").split()
    assert key_file.unlock_with_code(path, words[-1]) == found.key
    with Access(path, tmp_path / "state", key=found.key) as access, access.open() as file:
        assert file.notice == ""
        inspection = Inspection(file, file.me)
        assert (file.heading.title, file.heading.provider) == ("Trial", "Hampshire")
        assert inspection.fieldwork == (date(2026, 3, 2), date(2026, 3, 20))
        assert inspection.framework.id == "crc_2019"
        assert [tuple(person) for person in file.people] == [("LEAD-7", "Lea Dee", "lead_inspector")]
        assert list(inspection.findings()) == []


@pytest.mark.parametrize(
    ("line", "value", "sentence"),
    [
        ("title", "", "Title of the inspection: something must be said here."),
        ("provider", "  ", "Provider inspected: something must be said here."),
        (
            "from",
            "31/02/2026",
            'First day of fieldwork: "31/02/2026" is not a valid date: write it as 23/03/2026.',
        ),
        ("to", "43891", 'Last day of fieldwork: "43891" is not a valid date: write it as 23/03/2026.'),
        ("to", "1/3/2026", "Fieldwork cannot end on 01/03/2026, before it begins on 02/03/2026."),
        ("id", "two words", "an id is one word of up to 40 characters, no spaces."),
        ("name", "", "Your name: something must be said here."),
        ("passphrase", "brief", "This is too short: a passphrase has 8 characters or more."),
        ("passphrase", "hampshire1", "This is too easy"),
        ("again", "something else", "The two passphrases are not the same: type the second one again."),
    ],
)
async def test_a_wrong_line_is_told_at_once_and_again_at_the_end(
    app: SettingUpApp, path: Path, line: str, value: str, sentence: str
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await form(pilot)
        put(app, *ALL, PASSPHRASE)
        again = app.screen.query_one("#again", Input)
        field = app.screen.query_one(f"#{line}", Input)
        field.value = value
        app.screen.set_focus(field)
        await press(pilot, "enter")
        assert sentence in said(app)
        assert app.focused is field
        app.screen.set_focus(again)
        if line != "again":
            await press(pilot, "ctrl+s")
        assert sentence in said(app)
        assert app.focused is field
        assert isinstance(app.screen, SetupScreen)
    assert not path.exists()


async def test_a_framework_from_a_file(app: SettingUpApp, tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.toml"
    spoilt.write_text("id = 1\n")
    shutil.copy(TINY_FILE, tmp_path / "mine.toml")
    async with app.run_test(size=(80, 24)) as pilot:
        await form(pilot)
        await press(pilot, "tab", "tab", "enter", "end", "enter")
        put(app, str(spoilt))
        await press(pilot, "enter")
        assert said(app).startswith("spoilt.toml")
        assert "see `fieldtool framework check`" in said(app)
        await press(pilot, "enter", "end", "enter")
        put(app, str(tmp_path / "mine.toml"))
        await press(pilot, "enter")
        screen = app.screen
        assert isinstance(screen, SetupScreen)
        assert screen._framework is not None
        assert screen._framework.title in looking.text(app)
        assert app.focused is app.screen.query_one("#from")
        await press(pilot, "up", "enter", "escape", "up")
        assert app.focused is app.screen.query_one("#provider")


async def test_without_a_passphrase_only_by_saying_so(app: SettingUpApp, path: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await form(pilot)
        put(app, *ALL[:-1])
        app.screen.set_focus(app.screen.query_one("#passphrase"))
        await press(pilot, "enter")
        assert "nothing is encrypted" in said(app)
        await press(pilot, "ctrl+s")
        await press(pilot, *"yes", "enter")
        assert said(app).startswith("Nothing was made")
        assert not path.exists()
        await press(pilot, "ctrl+s")
        put(app, UNENCRYPTED)
        await press(pilot, "enter")
        for _ in range(3):
            await settled(pilot)
            await app.workers.wait_for_complete(w for w in app.workers if w.name == "_make")
    assert app.return_value == Chosen(path, None, new=True)
    with InspectionFile.open(path, to_write=False) as file:
        assert not file.database.encrypted


async def test_what_cannot_be_written_is_told(app: SettingUpApp, path: Path) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await form(pilot)
        put(app, *ALL, PASSPHRASE)
        path.write_text("somebody was quicker")
        await press(pilot, "ctrl+s")
        await until(pilot, SetupScreen)
        assert "exists already: choose another name, or open it." in said(app)
    assert path.read_text() == "somebody was quicker"
    assert not key_file_of(path).exists()


async def test_leaving_makes_nothing_and_asks_once_something_was_typed(app: SettingUpApp, path: Path) -> None:
    async with app.run_test(size=(60, 15)) as pilot:
        await form(pilot)
        await press(pilot, "T", "escape")
        assert "Leave without setting it up?" in looking.text(app)
        await press(pilot, "enter")
        assert app.screen.query_one("#title", Input).value == "T"
        await press(pilot, "escape", "down", "enter")
    assert app.return_value is None
    assert not path.exists()


async def test_a_file_whose_name_is_nearly_the_same(path: Path, tmp_path: Path) -> None:
    app = SettingUpApp(path, path.with_name("now.db"), tmp_path, "")
    async with app.run_test() as pilot:
        await settled(pilot)
        assert "Open " in looking.text(app)
        await press(pilot, "enter")
    assert app.return_value == Chosen(path.with_name("now.db"))


async def test_every_key_that_is_shown_does_something(app: SettingUpApp) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await form(pilot)
        for key in ("tab", "down", "up", "shift+tab", "ctrl+s", "f1", "f1", "tab", "tab", "enter"):
            before = looking.appearance(app)
            await press(pilot, key)
            assert looking.appearance(app) != before, key
