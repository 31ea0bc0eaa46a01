"""Events that somebody made up come in: every screen opens, every command answers, and `verify` names them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import inspections
from builders.commands import asked
from builders.inspections import LEAD, ME
from builders.made_up import DEEP, chained, later, made_up
from fieldtool.cli.main import cli
from fieldtool.domain.log.door import of_a_later_version, unreadable
from fieldtool.domain.log.events import ChainId, Event
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import read_events
from fieldtool.store.file.database import Database
from fieldtool.sync.laptop_store import LaptopStore
from fieldtool.tui.app import FieldtoolApp
from fieldtool.work.inspection_file import InspectionFile
from tui.looking import press, settled

PATH, AWAY = "PATH", "AWAY"
"""The inspection, and a folder beside it in which a command may write."""
COMMANDS: tuple[tuple[str, ...], ...] = (
    *(
        (name, PATH)
        for name in ("ratings", "progress", "laptops", "figures", "conflicts", "verify", "rebuild")
    ),
    *((name, PATH, "B-1") for name in ("case", "history")),
    ("assign", PATH, "--evenly"),
    *(("assign", PATH, *more) for more in ((), ("B-1", "--to", ME, "--as", LEAD))),
    *(("replace", PATH, *more) for more in ((), ("B-1", "--dry-run"))),
    *(("agenda", name, PATH) for name in ("list", "counts")),
    *(("agenda", name, PATH, "X1") for name in ("show", "done", "again")),
    ("agenda", "add", PATH, "meeting", "--day", "2/3/2020"),
    ("agenda", "answer", PATH, "X1", "a=b"),
    ("agenda", "cancel", PATH, "X1", "--because", "snow"),
    ("agenda", "change", PATH, "X1", "--place", "here"),
    ("agenda", "note", PATH, "X1", "text", "--on", "Q"),
    ("team", PATH, "list"),
    ("team", PATH, "add", "INS-9", "Nina Nine", "inspector"),
    ("team", PATH, "remove", "INS-9", "--because", "left"),
    ("recovery-keys", PATH),
    ("cases", "import", PATH, f"{AWAY}/list.csv"),
    ("cases", "list", PATH),
    ("sample", "draw", PATH, "--size", "1"),
    *((name, PATH, f"{AWAY}/{name}") for name in ("backup", "sync", "reconcile")),
    ("copy", PATH),
    ("export", PATH, "--to", f"{AWAY}/tables", "--with-notes"),
    ("invite", PATH, "age1none", "--to", f"{AWAY}/invitation"),
    *((name, PATH) for name in ("passphrase", "recover", "about")),
    ("walk", PATH, "B-1", "--as", ME),
    ("answer", PATH, "B-1", "Qax", "yes", "--as", ME),
    ("judge", PATH, "B-1", "Qa", "no", "--as", ME),
    ("fact", PATH, "B-1", "stock", "tools", "--as", ME),
    *((name, PATH, "B-1", *words, "--as", ME) for name, *words in (("note", "so"), ("reason", "Qa", "so"))),
    *((name, PATH, "B-1", *words, "--as", ME) for name, *words in (("complete",), ("reopen", "so"))),
)
NO_INSPECTION = {"central", "demo", "framework", "join", "new", "open", "restore"}
"""Commands that open none, or one that they make themselves."""
KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    ME: (
        (),
        ("enter",),
        ("enter", "f4"),
        ("enter", "h"),
        ("f2",),
        ("f3",),
        ("f4",),
        ("f6",),
        ("f7",),
        ("f8",),
    ),
    LEAD: (
        *((), ("f2",), ("f5",), ("f6",), ("f7",), ("f8",)),
        *(("f5", key) for key in "123456789"),
    ),
}


UNFIT: tuple[dict[str, Any], ...] = (
    {"wall": "some day"},
    {"wall": "2020-03-02T09:00:00"},
    {"wall": "0001-01-01T00:00:00+00:00"},
    {"at": 2**63 - 1},
    {"actor": "\x1b[2J"},
    {"text": DEEP},
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return inspections.tiny(tmp_path_factory.mktemp("made") / "tiny.db")


@pytest.fixture(scope="module")
def true(made: Path) -> list[Event]:
    with Database.open(made) as database:
        return list(read_events(database))


@contextmanager
def with_them(made: Path, events: list[Event]) -> Iterator[Path]:
    """The inspection, into which the events have come."""
    with TemporaryDirectory() as folder:
        path = Path(shutil.copy(made, Path(folder) / "tiny.db"))
        with Database.open(path) as database:
            store = LaptopStore(database, Log(database, ChainId("here", 1), ME))
            assert store.send([events]) == (len(events), 0)
            bad = {id for id, _ in store.without_effect().items()}
            assert bad == {each.id for each in events if unreadable(each) and not of_a_later_version(each)}
        yield path


def some(true: list[Event]) -> st.SearchStrategy[list[Event]]:
    return st.lists(made_up(true), min_size=5, max_size=30).map(chained)


def answers(path: Path) -> None:
    """Have every command answer."""
    away = path.parent / "away"
    away.mkdir()
    (away / "list.csv").write_text("CRN\nX1\n")
    for command in COMMANDS:
        words = [str(path) if word == PATH else word.replace(AWAY, str(away)) for word in command]
        answer = asked(*words)
        assert answer.exception is None or isinstance(answer.exception, SystemExit), (
            command,
            answer.exception,
        )
        assert answer.exit_code in {0, 1, 2}


def test_no_command_is_left_out() -> None:
    named = {command[:1] if command[1] == PATH else command[:2] for command in COMMANDS}
    there = set[tuple[str, ...]]()
    for name, command in cli.commands.items():
        there |= (
            {(name, each) for each in command.commands} if isinstance(command, click.Group) else {(name,)}
        )
    assert {each for each in there if each[0] not in NO_INSPECTION} - named == {("sample", "size")}


async def opens(path: Path) -> None:
    """Open every screen, as an inspector and as the lead inspector."""
    with InspectionFile.open(path, to_write=True) as file:
        for person, ways in KEYS.items():
            for keys in ways:
                app = FieldtoolApp(file, person)
                async with app.run_test() as pilot:
                    await settled(pilot)
                    await press(pilot, *keys)


@pytest.mark.parametrize("fields", UNFIT, ids=" ".join)
async def test_all_that_was_said_is_said_again_with_a_field_that_does_not_fit(
    made: Path, true: list[Event], fields: dict[str, Any]
) -> None:
    events = chained([later(event)._replace(**fields) for event in true])
    with with_them(made, events) as path:
        with Database.open(path) as database:
            assert database.row("SELECT count(*) FROM set_aside") == (len(events),)
        answers(path)
        await opens(path)


@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_command_answers(made: Path, true: list[Event], data: st.DataObject) -> None:
    events = data.draw(some(true))
    with with_them(made, events) as path:
        answers(path)
        told = asked("verify", path).output
        bad = [each for each in events if unreadable(each) and not of_a_later_version(each)]
        assert [each.id for each in bad if f"{each.id} is kept but has no effect" not in told] == []


@settings(max_examples=3, suppress_health_check=list(HealthCheck))
@given(st.data())
async def test_every_screen_opens(made: Path, true: list[Event], data: st.DataObject) -> None:
    with with_them(made, data.draw(some(true))) as path:
        await opens(path)
