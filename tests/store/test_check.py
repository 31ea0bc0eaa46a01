"""The auditor's questions: whatever was altered, lost or damaged is found; a rebuild mends the views."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from fieldtool.domain.case import Judgement
from fieldtool.domain.events import FactSet, JudgementMade
from fieldtool.store import check
from fieldtool.store.database import Database, StoreError
from store.histories import NO, YES, Laptop, assert_sound, forged, views


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    with Laptop(path, "a") as laptop, Laptop(None, "b") as other:
        laptop.set_up("A")
        other.log.receive(laptop.events)
        other.log.record("A", YES, JudgementMade(key_question="Qb", judgement=Judgement.YES))
        laptop.log.receive(other.events)
        laptop.log.record("A", NO, FactSet(fact="stock", to="tools"))
    return path


def tamper(path: Path, *statements: str) -> None:
    """Change the file behind the program's back."""
    connection = sqlite3.connect(path)
    for trigger in ("changed", "deleted"):
        connection.execute(f"DROP TRIGGER event_is_never_{trigger}")
    for statement in statements:
        assert connection.execute(statement).rowcount, statement
    connection.commit()
    connection.close()


def found(path: Path) -> list[str]:
    with Database.open(path) as database:
        return list(check.findings(database))


def test_nothing_is_said_of_a_sound_file(file: Path) -> None:
    assert found(file) == []
    with Database.open_read_only(file) as database:
        assert list(check.findings(database)) == []


ALTERED = [
    "actor = 'x'",
    "wall = '2020-03-02T09:00:00'",
    "at = at + 1",
    "subject = 'B'",
    "kind = 'note.written'",
    "slot = 'answer:Qay'",
    """body = '{"prompt":"Qax","answer":"no"}'""",
    """body = 'not json'""",
    "parents = 'a.1.1'",
    "parents = 'gibberish'",
    "hash = zeroblob(32)",
    "hash = x'00'",
]


@pytest.mark.parametrize("change", ALTERED)
def test_an_altered_event_is_named(file: Path, change: str) -> None:
    tamper(file, f"UPDATE event SET {change} WHERE device = 'b' AND seq = 1")  # noqa: S608  # ours
    said = found(file)
    assert said[0].startswith("Event b.1.1 (")
    assert "is not as it was written." in said[0]


def test_an_altered_event_with_a_new_hash_breaks_the_chain_behind_it(file: Path) -> None:
    with Laptop(file, "a") as laptop:
        event = next(event for event in laptop.events if event.id == ("b", 1, 1))
    altered = event._replace(actor="x").chained(bytes(32)).hex()
    tamper(file, f"UPDATE event SET actor = 'x', hash = x'{altered}' WHERE device = 'b' AND seq = 1")  # noqa: S608
    assert [line for line in found(file) if "is not as it was written" in line] == [
        f"Event b.1.2 ({event.wall.replace('01.', '02.')}, person_b) is not as it was written."
    ]


@pytest.mark.parametrize(
    ("where", "gap"),
    [
        ("device = 'a' AND seq = 3", "Device a, incarnation 1: events 3 to 3 are missing."),
        ("device = 'a' AND seq < 4", "Device a, incarnation 1: events 1 to 3 are missing."),
        ("device = 'b' AND seq = 1", "Device b, incarnation 1: events 1 to 1 are missing."),
    ],
)
def test_a_missing_event_is_named(file: Path, where: str, gap: str) -> None:
    tamper(file, f"DELETE FROM event WHERE {where}")  # noqa: S608  # ours
    assert gap in found(file)


@pytest.mark.parametrize(
    ("view", "statement"),
    [
        ("head", "UPDATE head SET value = 'yes' WHERE slot = 'answer:Qax'"),
        ("head", "DELETE FROM head WHERE slot = 'judgement:Qb'"),
        ("case_line", "UPDATE case_line SET done = done + 1"),
        ("case_line", "UPDATE case_line SET holder = 'x'"),
        ("tally", "UPDATE tally SET yes = yes + 1 WHERE item = 'Qb' AND scope = 'all'"),
        ("tally", "DELETE FROM tally WHERE item = 'Qb'"),
        ("replaced_early", "INSERT INTO replaced_early VALUES ('x', 1, 1)"),
        ("set_aside", "INSERT INTO set_aside VALUES ('a', 1, 1, 'because')"),
    ],
)
def test_an_altered_view_is_named_and_mended_by_a_rebuild(file: Path, view: str, statement: str) -> None:
    with Database.open(file) as database:
        before = views(database)
    tamper(file, statement)
    said = found(file)
    assert any(line.startswith(f"The view {view} differs from the log in ") for line in said)
    assert all(line.endswith("run `fieldtool rebuild`.") or "has no effect" in line for line in said)
    with Database.open(file) as database:
        assert check.rebuild(database) == 6
        assert views(database) == before
        assert_sound(database)


def test_the_views_can_all_be_made_anew_from_nothing(file: Path) -> None:
    with Database.open(file) as database:
        before = views(database)
        for view in before:
            database.connection.execute(f"DELETE FROM {view}")  # noqa: S608  # ours
        check.rebuild(database)
        assert views(database) == before


def test_a_rebuild_goes_through_altered_parents(file: Path) -> None:
    tamper(file, "UPDATE event SET parents = 'gibberish' WHERE device = 'a' AND seq = 3")
    with Database.open(file) as database:
        assert check.rebuild(database) == 6


def test_events_set_aside_are_named(file: Path) -> None:
    with Laptop(file, "a") as laptop:
        laptop.log.receive([forged("{}", "rating.moderated", "moderation:Q")])
        assert list(check.findings(laptop.database)) == [
            "Event z.1.1 is kept but has no effect: "
            "events of the kind rating.moderated are not known to this version."
        ]


def test_damaged_pages_are_named(file: Path) -> None:
    with Laptop(file, "a") as laptop:
        for _ in range(100):
            laptop.log.record("A", YES, NO)
    data = bytearray(file.read_bytes())
    size = 4096
    pages = range(1, len(data) // size)
    assert len(pages) > 10
    for page in pages:
        spoilt = data.copy()
        spoilt[page * size : (page + 1) * size] = b"\xa5" * size
        file.write_bytes(spoilt)
        said = []
        try:
            with Database.open(file) as database:
                for line in check.findings(database):
                    said.append(str(line))
        except StoreError as error:
            assert said == []  # what can be said is said, and no error comes behind it
            said = [str(error)]
        assert said, page
        assert "damaged" in said[0] or "is not as it was written" in said[0]
        assert all("\n" not in line for line in said)
