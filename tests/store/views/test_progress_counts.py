"""What a file says of how far its cases are, against a plain recount of the log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from builders.cases import CRC
from fieldtool.domain.kinds.assessment import AnswerGiven, CaseCompleted, CaseReopened, FactSet, NoteWritten
from fieldtool.domain.kinds.inspection import FrameworkChosen
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.laptops import LaptopInvited, LaptopJoined, LaptopRemoved, ReceiptGiven
from fieldtool.domain.kinds.sample import CaseAdded, CaseAssigned, CaseRemoved
from fieldtool.domain.log.events import ChainId
from fieldtool.domain.method.case import Answer
from fieldtool.domain.method.progress import Where
from fieldtool.store.chain.log import Log, new_device
from fieldtool.store.chain.reading import history
from fieldtool.store.file.database import Database
from fieldtool.store.views import progress_counts, queries

SAMPLE = "unpaid_work"
HERE = Where(SAMPLE, "INS-1", "East")


class Clock:
    """A clock on the wall that stands where it was put."""

    def __init__(self) -> None:
        self.now = datetime(2020, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def on(self, **ahead: int) -> None:
        self.now += timedelta(**ahead)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(clock: Clock) -> Iterator[Database]:
    with Database.in_memory() as opened:
        Log(opened, ChainId("lead", 1), "LEAD", clock).record("", FrameworkChosen(framework=CRC))
        yield opened


@pytest.fixture
def log(database: Database, clock: Clock) -> Log:
    return Log(database, ChainId("one", 1), "INS-1", clock)


def added(log: Log, *refs: str) -> None:
    for ref in refs:
        log.record(
            ref, CaseAdded(sample=SAMPLE), CaseAssigned(person="INS-1"), FactSet(fact="hub", to="East")
        )


def test_cases_are_counted_by_how_far_they_are(database: Database, log: Log) -> None:
    added(log, "A", "B", "C")
    log.record("B", NoteWritten(item="", text="seen"))
    log.record("C", CaseCompleted())
    log.record("C", CaseAssigned(person=None))
    east, alone = sorted(progress_counts.counted(database), key=lambda each: each.where.holder, reverse=True)
    assert east[:5] == (HERE, 2, 1, 1, 0)
    assert alone[:5] == (HERE._replace(holder=""), 1, 0, 0, 1)


def test_a_case_is_done_on_the_day_of_its_completion_whatever_came_after(
    database: Database, log: Log, clock: Clock
) -> None:
    added(log, "A", "B")
    log.record("A", CaseCompleted())
    log.record("B", CaseCompleted())
    clock.on(days=2)
    log.record("A", CaseAssigned(person="INS-1"))
    assert [(each.day, each.cases) for each in progress_counts.ended(database)] == [("2020-03-02", 2)]


def test_the_day_is_that_of_the_wall(database: Database) -> None:
    evening = datetime.fromisoformat("2020-03-02T23:30:00-05:00")
    log = Log(database, ChainId("west", 1), "INS-1", lambda: evening)
    added(log, "A")
    log.record("A", CaseCompleted())
    assert progress_counts.ended(database)[0].day == "2020-03-02"


def test_what_was_opened_again_is_returned_and_not_done(database: Database, log: Log, clock: Clock) -> None:
    added(log, "A", "B")
    log.record("A", CaseCompleted())
    log.record("A", CaseReopened(why="look again"))
    assert [(each.returned, each.cases) for each in progress_counts.ended(database)] == [(True, 1)]
    clock.on(days=1)
    log.record("A", CaseCompleted())
    assert [each[1:] for each in progress_counts.ended(database)] == [(False, "2020-03-03", 1)]


def test_what_has_left_the_sample_counts_nowhere(database: Database, log: Log) -> None:
    added(log, "A")
    log.record("A", CaseCompleted())
    log.record("A", CaseRemoved(why="not theirs"))
    assert progress_counts.counted(database) == []
    assert progress_counts.ended(database) == []
    assert progress_counts.by_facts(database, SAMPLE, ["hub"]) == []
    assert progress_counts.times(database, SAMPLE) == []


def test_a_case_that_is_disputed_twice_is_one(database: Database, log: Log) -> None:
    added(log, "A", "B")
    other = Log(database, ChainId("two", 1), "INS-2")
    yes, no = (
        AnswerGiven(prompt="4.1.1.a", answer=Answer.YES),
        AnswerGiven(prompt="4.1.1.a", answer=Answer.NO),
    )
    own = log.record("A", yes, NoteWritten(item="", text="a"))
    with Database.in_memory() as elsewhere:
        apart = Log(elsewhere, ChainId("two", 1), "INS-2")
        theirs = apart.record("A", no, NoteWritten(item="", text="b"))
    assert progress_counts.disputed(database) == []
    other.receive(theirs)
    assert len(own) == 2
    assert progress_counts.disputed(database) == [HERE]


def test_facts_are_counted_together_with_whether_the_case_is_complete(database: Database, log: Log) -> None:
    added(log, "A", "B", "C")
    log.record("B", FactSet(fact="gender", to="female"))
    log.record("C", FactSet(fact="gender", to="female"), CaseCompleted())
    found = progress_counts.by_facts(database, SAMPLE, ["gender", "hub"])
    assert sorted(found, key=str) == [
        (False, {"gender": "female", "hub": "East"}, 1),
        (False, {"hub": "East"}, 1),
        (True, {"gender": "female", "hub": "East"}, 1),
    ]
    assert progress_counts.by_facts(database, SAMPLE, []) == [(False, {}, 2), (True, {}, 1)]


def test_time_is_counted_from_entry_to_entry_without_long_pauses(
    database: Database, log: Log, clock: Clock
) -> None:
    added(log, "A", "B")
    clock.on(hours=3)
    bodies: list[Body] = [
        AnswerGiven(prompt="4.1.1.a", answer=Answer.YES),
        NoteWritten(item="4.1.1.a", text="x"),
        NoteWritten(item="", text="y"),
    ]
    for place, body in enumerate(bodies):
        clock.on(minutes=place * 10)
        log.record("A", body)
    clock.on(minutes=31)
    log.record("A", NoteWritten(item="4.1.1.b", text="after lunch"))
    assert progress_counts.times(database, SAMPLE) == []
    clock.on(minutes=5)
    log.record("A", CaseCompleted())
    assert progress_counts.times(database, SAMPLE) == [(10 + 20 + 5) * 60_000]


def test_all_of_it_equals_a_plain_recount_of_the_sample_inspection(tmp_path: Path) -> None:
    path = Path(__file__).parents[3] / "sample_db" / "hiow_2020.db"
    copy = tmp_path / "hiow.db"
    copy.write_bytes(path.read_bytes())
    with Database.open_read_only(copy) as database:
        cases, days = Counter[Where](), Counter[tuple[Where, str]]()
        for case in queries.cases(database):
            where = Where(case.sample, case.holder or "", case.facts.get("hub", ""))
            cases[where] += 1
            if case.complete:
                (slot,) = [slot for slot in case.values if slot.aspect == "completion"]
                days[where, history(database, case.ref, slot)[0].wall[:10]] += 1
        assert {each.where: each.cases for each in progress_counts.counted(database)} == cases
        assert sum(each.complete for each in progress_counts.counted(database)) == days.total() == 158
        done = {
            (each.where, each.day): each.cases
            for each in progress_counts.ended(database)
            if not each.returned
        }
        assert done == days


# ---------------------------------------------------------------------- laptops


def met(database: Database, clock: Clock, device: str, person: str, **ends: int) -> Log:
    """An installation that has come in, and has said that it had so much of others."""
    log = Log(database, ChainId(device, 1), person, clock)
    bodies: list[Body] = [LaptopJoined(device=device, key=f"key of {device}")]
    if ends:
        told = {f"{name}.1": seq for name, seq in ends.items()}
        bodies.append(ReceiptGiven(device=device, incarnation=1, ends=told))
    log.record("", LaptopInvited(key=f"key of {device}", person=person), *bodies)
    return log


def test_what_a_laptop_lacks_are_entries_of_people(database: Database, log: Log, clock: Clock) -> None:
    added(log, "A", "B")  # six entries of INS-1
    clock.on(hours=1)
    met(database, clock, "two", "INS-2", one=4, lead=1)
    clock.on(hours=1)
    met(database, clock, "three", "INS-3", one=6, lead=1, two=3)
    found = {laptop.device: laptop for laptop in progress_counts.laptops(database)}
    assert list(found) == ["one", "lead", "two", "three"]
    assert found["two"].person == "INS-2"
    assert found["two"].heard == found["two"].took == "2020-03-02T10:00:00.000+00:00"
    # Of INS-1 two entries; of the third laptop its invitation alone, but not what it says of itself.
    assert found["two"].lacks == 2 + 1
    assert found["three"].lacks == 0
    assert (found["one"].took, found["one"].lacks, found["one"].not_here) == ("", 0, 0)


def test_of_a_laptop_that_is_far_behind_not_every_event_is_looked_at(
    database: Database, log: Log, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(log, "A", "B", "C")  # nine entries
    met(database, clock, "two", "INS-2", one=1, lead=1)
    for most in (2, 8, 100):
        monkeypatch.setattr(progress_counts, "MOST", most)
        found = {laptop.device: laptop.lacks for laptop in progress_counts.laptops(database)}
        assert found == {"one": 0, "lead": 0, "two": 8}


def test_what_others_have_of_a_laptop_is_known_to_be_missing_here(database: Database, clock: Clock) -> None:
    met(database, clock, "two", "INS-2", two=1, three=7)
    (laptop,) = [each for each in progress_counts.laptops(database) if each.person == "INS-2"]
    assert (laptop.device, laptop.not_here) == ("two", 0)
    log = met(database, clock, "three", "INS-3", three=2)
    assert {each.device: each.not_here for each in progress_counts.laptops(database)}["three"] == 7 - 3
    log.record("", NoteWritten(item="", text="more"))
    assert {each.device: each.not_here for each in progress_counts.laptops(database)}["three"] == 7 - 4


def test_of_this_laptop_it_is_known_what_nobody_has(database: Database, clock: Clock) -> None:
    own = new_device(database)
    log = Log(database, own, "LEAD", clock)
    added(log, "A")
    assert next(each for each in progress_counts.laptops(database) if each.own).unsent is None
    met(database, clock, "two", "INS-2", **{own.id: 1})
    assert next(each for each in progress_counts.laptops(database) if each.own).unsent == 2
    met(database, clock, "three", "INS-3", **{own.id: 3})
    assert next(each for each in progress_counts.laptops(database) if each.own).unsent == 0


def test_a_removed_laptop_is_left_out_and_one_that_never_came_is_named(
    database: Database, log: Log, clock: Clock
) -> None:
    met(database, clock, "two", "INS-2")
    log.record("", LaptopInvited(key="another", person="INS-3"))
    assert ("", "INS-3", "") in {each[:3] for each in progress_counts.laptops(database)}
    assert progress_counts.laptops(database)[0].person == "INS-3"  # silent longest
    log.record("", LaptopRemoved(key="key of two", person="INS-2", ends={}, why="stolen"))
    assert "INS-2" not in {each.person for each in progress_counts.laptops(database)}
