"""The auditor's questions: whatever was altered, lost or damaged is found; a rebuild mends the views."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from builders.laptops import NO, YES, Laptop, Watch, assert_sound, forged, views
from builders.tampering import tamper
from fieldtool.domain.kinds.assessment import FactSet, JudgementMade
from fieldtool.domain.log.events import EventId
from fieldtool.domain.log.findings import Finding, Touched
from fieldtool.domain.method.case import Aspect, Judgement, Slot
from fieldtool.store.audit import file_check
from fieldtool.store.chain import drafts
from fieldtool.store.chain.forks import read_forks
from fieldtool.store.chain.log import new_device
from fieldtool.store.chain.receiving import Received
from fieldtool.store.file.database import Database, StoreError
from fieldtool.store.file.driver import dbapi2


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


def found(path: Path) -> list[str]:
    with Database.open(path) as database:
        return list(file_check.findings(database))


def examined(path: Path) -> list[Finding]:
    with Database.open(path) as database:
        return list(file_check.examine(database, Watch()))


def grave(path: Path) -> list[Finding]:
    return [each for each in examined(path) if each.grave]


def ids(finding: Finding) -> list[str]:
    return [event.id for event in finding.events]


def test_nothing_is_said_of_a_sound_file(file: Path) -> None:
    assert found(file) == []
    with Database.open_read_only(file) as database:
        assert list(file_check.findings(database)) == []


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
    first = grave(file)[0]
    assert first.about == "chain"
    if "hash" in change:  # then the next one does not follow from it either
        assert first.what == "Events b.1.1 to b.1.2 are not as they were written."
        assert ids(first) == ["b.1.1", "b.1.2"]
    else:
        assert first.what == "Event b.1.1 is not as it was written."
        assert ids(first) == ["b.1.1"]
    assert "compare these events" in first.advice


def test_a_finding_says_who_when_and_what(file: Path) -> None:
    tamper(file, "UPDATE event SET body = 'not json' WHERE device = 'a' AND seq = 3")
    first = grave(file)[0]
    assert first.what == "Event a.1.3 is not as it was written, or the one before it is not."
    assert first.events == (
        Touched("a.1.3", "2020-03-02T09:00:03.000+00:00", "person_a", "answer.given", "A", "answer:Qax"),
    )


def test_an_altered_event_with_a_new_hash_breaks_the_chain_behind_it(file: Path) -> None:
    with Laptop(file, "a") as laptop:
        event = next(event for event in laptop.events if event.id == ("b", 1, 1))
    altered = event._replace(actor="x").chained(bytes(32)).hex()
    tamper(file, f"UPDATE event SET actor = 'x', hash = x'{altered}' WHERE device = 'b' AND seq = 1")  # noqa: S608
    assert [each.what for each in grave(file)] == [
        "Event b.1.2 is not as it was written, or the one before it is not."
    ]


def test_two_events_that_changed_places_are_named(file: Path) -> None:
    tamper(
        file,
        "UPDATE event SET seq = 30 WHERE device = 'a' AND seq = 3",
        "UPDATE event SET seq = 3 WHERE device = 'a' AND seq = 4",
        "UPDATE event SET seq = 4 WHERE device = 'a' AND seq = 30",
    )
    first = grave(file)[0]
    assert first.what == "Events a.1.3 to a.1.4 are not as they were written, or the one before them is not."
    assert ids(first) == ["a.1.3", "a.1.4"]


@pytest.mark.parametrize(
    ("where", "gap", "around"),
    [
        (
            "device = 'a' AND seq = 3",
            "Event a.1.3 is missing: removed, or never arrived here.",
            "a.1.2 a.1.4",
        ),
        ("device = 'a' AND seq < 4", "Events a.1.1 to a.1.3 are missing: removed, or never", "a.1.4"),
        ("device = 'b' AND seq = 1", "Event b.1.1 is missing: removed, or never arrived here.", "b.1.2"),
    ],
)
def test_a_missing_event_is_named(file: Path, where: str, gap: str, around: str) -> None:
    tamper(file, f"DELETE FROM event WHERE {where}")  # noqa: S608  # ours
    gaps = [each for each in grave(file) if each.about == "gap"]
    assert len(gaps) == 1
    assert gaps[0].what.startswith(gap)
    assert ids(gaps[0]) == around.split()


def test_events_of_this_laptop_that_others_have_seen_are_missed(file: Path) -> None:
    with Laptop(file, "a") as laptop:
        new_device(laptop.database, "a")
        event = forged("{}", "note.written", "note:", parents=(EventId("a", 1, 9), EventId("c", 1, 1)))
        event = event._replace(text='{"item":"","text":"x"}')
        laptop.log.receive([event._replace(hash=event.chained(bytes(32)))])
    said = {each.about: each for each in examined(file)}
    assert said["gap"].what.startswith(
        "The last events of this very laptop, at least as far as a.1.9, are missing"
    )
    assert ids(said["gap"]) == ["a.1.9"]
    assert said["not here"].what == "1 event that others have replaced: not here."
    assert (ids(said["not here"]), said["not here"].grave) == (["c.1.1"], False)


LAYOUT = [
    ("DROP TRIGGER event_is_never_changed", "The guard event_is_never_changed is missing"),
    ("DROP TRIGGER event_is_never_deleted", "The guard event_is_never_deleted is missing"),
    ("DROP VIEW answer", "The view answer is missing"),
    ("CREATE TABLE mine (x)", "The table mine is not fieldtool's"),
    ("CREATE INDEX slow ON head (value)", "The index slow is not fieldtool's"),
    ("ALTER TABLE draft ADD COLUMN more TEXT", "The table draft was altered"),
]


@pytest.mark.parametrize(("statement", "what"), LAYOUT)
def test_tables_and_guards_that_were_changed_are_named(file: Path, statement: str, what: str) -> None:
    connection = sqlite3.connect(file)
    connection.execute(statement)
    connection.close()
    said = grave(file)
    assert [each.about for each in said] == ["layout"]
    assert said[0].what.startswith(what)
    assert ("events could be changed unseen" in said[0].what) is ("guard" in what)


@pytest.mark.parametrize(
    ("view", "statement", "about"),
    [
        ("head", "UPDATE head SET value = 'yes' WHERE slot = 'answer:Qax'", "answer:Qax of A"),
        ("head", "DELETE FROM head WHERE slot = 'judgement:Qb'", "judgement:Qb of A"),
        ("case_line", "UPDATE case_line SET done = done + 1", "case A"),
        ("case_line", "UPDATE case_line SET holder = 'x'", "case A"),
        ("tally", "UPDATE tally SET yes = yes + 1 WHERE item = 'Qb' AND scope = 'all'", "item Qb"),
        ("tally", "DELETE FROM tally WHERE item = 'Qb'", "item Qb"),
        (
            "replaced_early",
            "INSERT INTO replaced_early VALUES ('x', 1, 1, 'CS-001', 'note:', 1)",
            "event x.1.1",
        ),
        ("set_aside", "INSERT INTO set_aside VALUES ('a', 1, 1, 'because')", "event a.1.1"),
        ("beyond_removal", "INSERT INTO beyond_removal VALUES ('a', 1, 1)", "event a.1.1"),
    ],
)
def test_an_altered_view_is_named_and_mended_by_a_rebuild(
    file: Path, view: str, statement: str, about: str
) -> None:
    with Database.open(file) as database:
        before = views(database)
    tamper(file, statement)
    said = grave(file)
    differing = [each for each in said if each.what.startswith(f"The view {view} differs from the log in ")]
    assert len(differing) == 1
    assert about in differing[0].what
    assert "Run `fieldtool rebuild`" in differing[0].advice
    assert {each.about for each in said} <= {"view", "unreadable"}
    with Database.open(file) as database:
        assert file_check.rebuild(database) == 6
        assert views(database) == before
        assert_sound(database)


def test_the_views_can_all_be_made_anew_from_nothing(file: Path) -> None:
    with Database.open(file) as database:
        before = views(database)
        for view in before:
            database.connection.execute(f"DELETE FROM {view}")  # noqa: S608  # ours
        file_check.rebuild(database)
        assert views(database) == before


def test_a_rebuild_goes_through_altered_parents(file: Path) -> None:
    tamper(file, "UPDATE event SET parents = 'gibberish' WHERE device = 'a' AND seq = 3")
    with Database.open(file) as database:
        assert file_check.rebuild(database) == 6


def test_what_a_view_says_of_an_event_names_that_event(file: Path) -> None:
    tamper(file, "DELETE FROM head WHERE slot = 'judgement:Qb'")
    said, shown = grave(file)
    assert said.events == (
        Touched("b.1.2", "2020-03-02T09:00:02.000+00:00", "person_b", "judgement.made", "A", "judgement:Qb"),
    )
    assert shown.what == "Shown of judgement Qb of A is nothing; by the log it is yes."


def test_where_the_log_itself_was_altered_the_views_are_kept_as_a_witness(file: Path) -> None:
    tamper(file, """UPDATE event SET body = replace(body, '"no"', '"yes"') WHERE device = 'a' AND seq = 3""")
    said = [each for each in grave(file) if each.about == "view"]
    assert all("Do not rebuild it yet" in each.advice for each in said if each.advice)
    assert said[1].what == "Shown of answer Qax of A is no; by the log it is yes."


def test_events_of_later_versions_are_remarked_on_and_unreadable_ones_found(file: Path) -> None:
    with Laptop(file, "a") as laptop:
        first = forged("{}", "rating.moderated", "moderation:Q")
        second = forged("{}", "rating.moderated", "moderation:L", after=first)
        third = forged('{"prompt":"Qax","answer":"perhaps"}', "answer.given", "answer:Qax", after=second)
        laptop.log.receive([first, second, third])
        assert file_check.unknown_kinds(laptop.database) == {"rating.moderated": 2}
    unreadable, unknown = [each for each in examined(file) if each.about in {"unreadable", "unknown kind"}]
    assert unreadable.what == (
        "Event z.1.3 is kept but has no effect: what it says does not fit its kind, answer.given."
    )
    assert (unreadable.grave, ids(unreadable)) == (True, ["z.1.3"])
    assert unknown.what.startswith(
        "2 events of the kind rating.moderated, which this version does not know: kept"
    )
    assert (unknown.grave, ids(unknown)) == (False, ["z.1.1", "z.1.2"])


def test_texts_that_are_being_written_are_remarked_on(file: Path) -> None:
    with Laptop(file, "a") as laptop:
        drafts.keep(laptop.database, laptop.log, "A", Slot(Aspect.NOTE, "Qax"), "half a thou")
    (said,) = [each for each in examined(file) if each.about == "draft"]
    assert said.what == "A text of person_a is not in the log yet: note Qax of A."
    assert not said.grave


def test_of_many_events_the_first_are_named(file: Path) -> None:
    with Laptop(file, "a") as laptop:
        laptop.log.record("A", *[YES, NO] * 15)
    tamper(file, "UPDATE event SET hash = x'00' WHERE device = 'a' AND seq > 4")
    first = grave(file)[0]
    assert first.what.startswith("Events a.1.5 to a.1.34 are not as they were written")
    assert (len(first.events), first.number) == (20, 30)


# ---------------------------------------------------------------------- forks


def test_two_events_of_one_number_are_both_kept_and_told(file: Path) -> None:
    with Laptop(None, "a") as twin, Laptop(file, "a") as laptop:
        twin.log.receive([event for event in laptop.events if event.id.device == "a" and event.id.seq < 4])
        twin.log.record("A", JudgementMade(key_question="Qa", judgement=Judgement.NO), NO)
        forked = [event for event in twin.events if event.id.seq >= 4]
        before, shown = laptop.events, laptop.values("A")
        assert laptop.log.receive(twin.events) == Received(new=2, known=3)
        assert (laptop.events, laptop.values("A")) == (before, shown)  # it has no effect on what came first
        assert list(read_forks(laptop.database)) == forked
        assert laptop.log.receive(twin.events) == Received(new=0, known=5)
        # What follows a fork is part of it.
        twin.log.record("A", YES)
        assert laptop.log.receive(twin.events) == Received(new=1, known=5)
        laptop.log.record("A", NO)
        file_check.rebuild(laptop.database)
    (said,) = grave(file)
    assert said.about == "fork"
    assert said.what.startswith(
        "Device a.1 has written two different events a.1.4: its file was copied or restored"
    )
    assert ids(said) == ["a.1.4", "a.1.5", "a.1.6"]
    assert {event.actor for event in said.events} == {"person_a"}


def test_the_very_first_event_can_be_forked_too(file: Path) -> None:
    with Laptop(None, "a") as twin, Laptop(file, "a") as laptop:
        twin.set_up("B", "C")
        twin.log.record("B", NO)
        other = [event for event in twin.events if event.id.seq > 1]
        assert laptop.log.receive(twin.events).new == len(other)
        assert list(read_forks(laptop.database)) == other


def test_forked_events_are_never_changed_or_deleted(file: Path) -> None:
    with Laptop(None, "a") as twin, Laptop(file, "a") as laptop:
        laptop.log.receive(twin.set_up("B").events)
        for statement in ("UPDATE fork SET actor = 'x'", "DELETE FROM fork"):
            with pytest.raises(dbapi2.IntegrityError, match=r"events are never (changed|deleted)"):
                laptop.database.connection.execute(statement)


def test_an_altered_copy_of_a_known_event_is_no_fork(file: Path) -> None:
    with Laptop(file, "a") as laptop:
        known = next(event for event in laptop.events if event.id == ("b", 1, 2))
        altered = known._replace(actor="x", hash=b"x" * 32)
        with pytest.raises(
            StoreError, match=r"Event b\.1\.2 does not continue what is here: nothing was taken in"
        ):
            laptop.log.receive([altered])
        assert list(read_forks(laptop.database)) == []


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
                for line in file_check.findings(database):
                    said.append(str(line))  # noqa: PERF401  # what was said before an error counts
        except StoreError as error:
            assert said == []  # what can be said is said, and no error comes behind it
            said = [str(error)]
        assert said, page
        assert "damaged" in said[0] or "is not as it was written" in said[0]
        assert all("\n" not in line for line in said)
