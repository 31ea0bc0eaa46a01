"""The log: durable when it returns, all or nothing at every statement, chained, and never changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.cases import TINY
from builders.laptops import (
    NO,
    START,
    YES,
    Laptop,
    Watch,
    assert_sound,
    forged,
    value_of,
    views,
)
from fieldtool.domain.kinds.assessment import CaseCompleted, FactSet, JudgementMade, NoteWritten
from fieldtool.domain.kinds.inspection import FrameworkChosen
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAdded
from fieldtool.domain.log.events import GENESIS, ChainId, EventId
from fieldtool.domain.method.case import Aspect, Judgement, Slot
from fieldtool.store.chain import drafts
from fieldtool.store.chain.clock import COUNTER, next_tick
from fieldtool.store.chain.log import Log, new_device
from fieldtool.store.chain.reading import device_of, find_event, read_ends
from fieldtool.store.file.database import Database, StoreError
from fieldtool.store.file.driver import dbapi2
from fieldtool.store.views import queries


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.db"


@pytest.fixture
def laptop(file: Path) -> Iterator[Laptop]:
    with Laptop(file, "a") as laptop:
        yield laptop.set_up("A")


def test_what_is_recorded_is_in_the_file_when_record_returns(file: Path, laptop: Laptop) -> None:
    (event,) = laptop.log.record("A", YES)
    with Database.open_read_only(file) as other:  # the first connection is still open
        assert find_event(other, event.id) == event
        case = queries.case(other, "A")
        assert case is not None
        assert case.values == {Slot(Aspect.ANSWER, "Qax"): "yes"}
        assert queries.counts(other)["Qax"].yes == 1


def test_an_event_says_who_when_what_and_what_it_replaces(laptop: Laptop) -> None:
    (first,) = laptop.log.record("A", YES)
    (second,) = laptop.log.record("A", NO)
    assert first.id == EventId("a", 1, 3)
    assert (first.actor, first.kind, first.subject, first.slot) == (
        "person_a",
        "answer.given",
        "A",
        "answer:Qax",
    )
    assert first.wall == "2020-03-02T09:00:03.000+00:00"
    assert first.at == int(START.timestamp() + 3) * 1000 * COUNTER
    assert (first.parents, second.parents) == ((), (first.id,))
    assert second.body == NO
    assert laptop.events[-2:] == [first, second]


def test_each_event_hangs_on_the_one_before(laptop: Laptop) -> None:
    laptop.log.record("A", YES, NO, NoteWritten(item="", text="x"))
    previous = GENESIS
    for number, event in enumerate(laptop.events, 1):
        assert event.id.seq == number
        assert event.hash == event.chained(previous)
        previous = event.hash


def test_several_at_once_are_one_transaction(laptop: Laptop) -> None:
    before = laptop.events
    with pytest.raises(AttributeError):
        laptop.log.record("A", YES, "no body at all")  # type: ignore[arg-type]  # a fault of the program
    assert laptop.events == before
    laptop.log.record("A", YES)
    assert_sound(laptop.database)


@pytest.mark.parametrize("statement", ["UPDATE event SET actor = 'x'", "DELETE FROM event"])
def test_events_are_never_changed_or_deleted(laptop: Laptop, statement: str) -> None:
    before = laptop.events
    with pytest.raises(dbapi2.IntegrityError, match=r"events are never (changed|deleted)"):
        laptop.database.connection.execute(statement)
    assert laptop.events == before


def test_an_event_cannot_be_replaced_by_another_of_its_number(laptop: Laptop) -> None:
    row = laptop.database.row("SELECT * FROM event WHERE seq = 1")
    assert row is not None
    with pytest.raises(dbapi2.IntegrityError):
        laptop.database.connection.execute(f"INSERT INTO event VALUES ({','.join('?' * 12)})", row)  # noqa: S608


# ---------------------------------------------------------------------- failures


class Failing:
    """A connection whose disk is full at the statement after so many more; then there is room again."""

    def __init__(self, inner: dbapi2.Connection) -> None:
        self._inner = inner
        self.left: int | None = None

    def execute(self, sql: str, values: object = ()) -> object:
        if self.left == 0:
            self.left = None
            raise dbapi2.OperationalError("database or disk is full")
        if self.left is not None:
            self.left -= 1
        return self._inner.execute(sql, values)

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)


class FailingLaptop(Laptop):
    def __init__(self, path: Path | None, name: str) -> None:
        super().__init__(path, name)
        self.connection = Failing(self.database.connection)
        self.database = Database(self.connection, path, writable=True)

    def set_up(self, *refs: str) -> Self:
        super().set_up(*refs)
        self.log.record("A", FactSet(fact="stock", to="tools"), YES)
        return self


def completion(laptop: Laptop) -> None:
    laptop.log.record("A", CaseCompleted())


def two_answers(laptop: Laptop) -> None:
    laptop.log.record("A", NO, JudgementMade(key_question="La", judgement=Judgement.YES))


def fact(laptop: Laptop) -> None:
    laptop.log.record("A", FactSet(fact="stock", to="books"))


def case(laptop: Laptop) -> None:
    laptop.log.record("B", CaseAdded(sample="branch"))


def sample(laptop: Laptop) -> None:
    laptop.log.record("A", CaseAdded(sample="mobile"))


def framework(laptop: Laptop) -> None:
    raw = TINY.model_dump(by_alias=True)
    raw["domains"][0]["standards"][0]["key_questions"][0]["prompts"] = ()
    laptop.log.record("", FrameworkChosen.model_validate({"framework": raw}))


def undo(laptop: Laptop) -> None:
    laptop.log.undo("A")


def draft(laptop: Laptop) -> None:
    drafts.settle(laptop.database, laptop.log, "A", Slot(Aspect.NOTE), "a note")


def receive(laptop: Laptop) -> None:
    first = forged('{"fact":"stock","to":"records"}', "fact.set", "fact:stock")
    laptop.log.receive([first, forged("{}", "strange", "strange:", after=first)])


@pytest.mark.parametrize(
    "deed", [completion, two_answers, fact, case, sample, framework, undo, draft, receive]
)
def test_a_failure_at_any_statement_leaves_nothing_and_work_goes_on(deed: Callable[[Laptop], None]) -> None:
    number = 0
    while True:
        laptop = FailingLaptop(None, "a").set_up("A")
        with laptop:
            before = (laptop.events, views(laptop.database))
            laptop.connection.left = number
            try:
                deed(laptop)
            except StoreError as error:
                assert "disk is full, nothing was saved" in str(error)  # noqa: PT017  # until there is none
            else:
                assert laptop.connection.left is not None
                break
            assert (laptop.events, views(laptop.database)) == before
            laptop.log.record("A", NoteWritten(item="", text="goes on"))
            assert_sound(laptop.database)
            deed(laptop)
            assert_sound(laptop.database)
        number += 1
    assert number > 5


def full(laptop: Laptop) -> int:
    """Write notes until there is no room; how many were acknowledged."""
    for number in range(5_000):
        before = views(laptop.database) if number % 50 == 0 else None
        try:
            laptop.log.record("A", NoteWritten(item=f"{number}", text="x" * 500))
        except StoreError as error:
            assert "The disk is full, nothing was saved: free some space" in str(error)  # noqa: PT017
            assert before is None or views(laptop.database) == before
            return number
    raise AssertionError("it never became full")


def test_a_file_that_may_not_grow_keeps_all_that_was_acknowledged(file: Path, laptop: Laptop) -> None:
    (pages,) = laptop.database.row("PRAGMA page_count") or (0,)
    laptop.database.connection.execute(f"PRAGMA max_page_count = {pages + 30}")
    saved = full(laptop)
    assert saved > 10
    laptop.database.connection.execute("PRAGMA max_page_count = 100000")
    laptop.log.record("A", YES)
    assert_sound(laptop.database)
    with Laptop(file, "a") as again:
        assert len(again.values("A")) == saved + 1


def test_a_real_disk_that_is_full_keeps_all_that_was_acknowledged(
    small_disk: Callable[[int], Path], remount: Callable[[Path, str], None]
) -> None:
    disk = small_disk(1)
    with Laptop(disk / "a.db", "a") as laptop:
        saved = full(laptop.set_up("A"))
        assert saved > 10
        with pytest.raises(StoreError, match="disk is full"):
            laptop.log.record("A", NoteWritten(item="big", text="x" * 5000))
        remount(disk, "size=4m")
        laptop.log.record("A", YES)
        assert_sound(laptop.database)
    with Laptop(disk / "a.db", "a") as again:
        values = again.values("A")
        assert [f"note:{number}" in values for number in range(saved)] == [True] * saved
        assert (len(values), values["answer:Qax"]) == (saved + 1, "yes")
        assert_sound(again.database)


def test_a_real_disk_that_is_full_can_be_opened_and_read(small_disk: Callable[[int], Path]) -> None:
    disk = small_disk(1)
    with Laptop(disk / "a.db", "a") as laptop:
        saved = full(laptop.set_up("A"))
    with Database.open_read_only(disk / "a.db") as database:
        assert len(database.rows("SELECT * FROM note")) == saved


# ---------------------------------------------------------------------- others on the file, other devices


def test_two_connections_to_one_file_keep_one_chain(file: Path, laptop: Laptop) -> None:
    with Laptop(file, "a") as other:
        other.log.record("A", YES)
        laptop.log.record("A", NO)
        other.log.record("A", YES)
        assert [event.id.seq for event in other.events] == [1, 2, 3, 4, 5]
        assert_sound(other.database)


def test_taking_in_does_not_disturb_the_own_chain(laptop: Laptop) -> None:
    event = forged('{"prompt":"Qax","answer":"no"}', "answer.given", "answer:Qax")
    laptop.log.receive([event])
    (mine,) = laptop.log.record("A", YES)
    assert mine.id == EventId("a", 1, 3)
    assert mine.parents == (event.id,)
    assert set(read_ends(laptop.database)) == {ChainId("a", 1), ChainId("z", 1)}
    assert_sound(laptop.database)


def test_incarnations_are_chains_of_their_own(laptop: Laptop) -> None:
    laptop.log.record("A", YES)
    restored = Log(laptop.database, ChainId("a", 2), "anna", laptop.clock)
    (event,) = restored.record("A", NO)
    assert event.id == EventId("a", 2, 1)
    assert event.hash == event.chained(GENESIS)
    assert {device: end.seq for device, end in read_ends(laptop.database).items()} == {
        ChainId("a", 1): 3,
        ChainId("a", 2): 1,
    }
    assert value_of(laptop, "answer:Qax") == "no"
    assert_sound(laptop.database)


FIRST = forged('{"prompt":"Qax","answer":"no"}', "answer.given", "answer:Qax")
SECOND = forged('{"prompt":"Qax","answer":"yes"}', "answer.given", "answer:Qax", after=FIRST)


JUMPED = SECOND._replace(id=EventId("z", 1, 5))
JUMPED = JUMPED._replace(hash=JUMPED.chained(FIRST.hash))


@pytest.mark.parametrize(
    "events",
    [
        [FIRST, JUMPED],
        [SECOND],
        [SECOND, FIRST],
        [FIRST, SECOND._replace(hash=bytes(32))],
        [FIRST, SECOND._replace(actor="somebody else")],
        [FIRST._replace(text="{}")],
    ],
    ids=["gap, right hash", "gap", "wrong order", "wrong hash", "altered", "altered first"],
)
def test_what_does_not_continue_its_chain_is_not_taken_in(laptop: Laptop, events: list[object]) -> None:
    before = (laptop.events, views(laptop.database))
    with pytest.raises(
        StoreError, match=r"Event z\.1\.\d does not continue what is here: nothing was taken in"
    ):
        laptop.log.receive(events)  # type: ignore[arg-type]  # events, as a parameter
    assert (laptop.events, views(laptop.database)) == before
    laptop.log.record("A", NO)
    assert_sound(laptop.database)
    assert laptop.log.receive([FIRST, SECOND]) == (2, 0)
    assert_sound(laptop.database)


def test_what_cannot_be_read_is_kept_and_named_and_blocks_nothing(laptop: Laptop) -> None:
    odd = forged('{"points": 3}', "rating.moderated", "moderation:Q")
    bad = forged('{"prompt":"Qax","answer":"perhaps"}', "answer.given", "answer:Qax", after=odd)
    askew = forged('{"prompt":"Qax","answer":"no"}', "answer.given", "answer:Qay", after=bad)
    good = forged('{"prompt":"Qax","answer":"no"}', "answer.given", "answer:Qax", after=askew)
    assert laptop.log.receive([odd, bad, askew, good]) == (4, 0)
    assert laptop.events[-4:] == [odd, bad, askew, good]  # kept as they came, in the chain
    assert value_of(laptop, "answer:Qax") == "no"
    aside = {row[2]: row[3] for row in laptop.database.rows("SELECT * FROM set_aside")}
    assert aside == {
        1: "events of the kind rating.moderated are not known to this version",
        2: "1 validation error for AnswerGiven",
        3: "its body is about answer:Qax, its envelope about answer:Qay",
    }
    laptop.log.record("A", YES)
    assert_sound(laptop.database)
    with Laptop(None, "b") as other:  # passed on as they are
        other.log.receive(laptop.events)
        assert views(other.database) == views(laptop.database)


# ---------------------------------------------------------------------- clock and device


@given(st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=10))
def test_the_clock_never_runs_back_whatever_the_wall_says(jumps: list[int]) -> None:
    clock = Watch(START, 0)
    with Laptop(None, "a", clock) as laptop:
        for seconds in jumps:
            clock.at = START + timedelta(seconds=seconds)
            laptop.log.record("A", YES)
        ats = [event.at for event in laptop.events]
        assert ats == sorted(set(ats))
        assert [event.wall for event in laptop.events] == [
            (START + timedelta(seconds=s)).isoformat(timespec="milliseconds") for s in jumps
        ]


def test_the_clock_is_ahead_of_all_that_was_seen() -> None:
    with Laptop(None, "a", Watch(START.replace(year=2030))) as ahead, Laptop(None, "b") as behind:
        ahead.set_up("A").log.record("A", YES)
        behind.log.receive(ahead.events)
        (event,) = behind.log.record("A", NO)
        assert event.at == ahead.events[-1].at + 1
        assert event.wall.startswith("2020-03-02")
        assert value_of(behind, "answer:Qax") == "no"


def test_next_tick() -> None:
    milliseconds = int(START.timestamp() * 1000)
    assert next_tick(0, START) == milliseconds * COUNTER
    assert next_tick(milliseconds * COUNTER, START) == milliseconds * COUNTER + 1
    assert next_tick((milliseconds + 1) * COUNTER, START) == (milliseconds + 1) * COUNTER + 1


def test_a_file_has_one_device_until_it_is_given_a_new_one(laptop: Laptop) -> None:
    assert device_of(laptop.database) is None
    device = new_device(laptop.database)
    assert device_of(laptop.database) == device
    assert device.incarnation == 1
    assert new_device(laptop.database).id != device.id
    assert new_device(laptop.database, "chosen") == device_of(laptop.database) == ChainId("chosen", 1)


def test_events_of_the_inspection_itself_have_no_subject(laptop: Laptop) -> None:
    bodies: list[Body] = [FrameworkChosen(framework=TINY)]
    (event,) = laptop.log.record("", *bodies)
    assert event.subject == ""
    assert queries.framework(laptop.database) == TINY


TURNS = (
    YES,
    NO,
    JudgementMade(key_question="Qa", judgement=Judgement.NO),
    CaseCompleted(),
    *(FactSet(fact="stock", to=to) for to in ("books", "records", "tools", None)),
)


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("AB"), st.sampled_from(TURNS)), max_size=30))
def test_two_logs_of_one_device_take_turns_on_one_connection(turns: list[tuple[bool, str, Body]]) -> None:
    with Laptop(None, "a") as laptop:
        laptop.set_up("A", "B")
        other = Log(laptop.database, laptop.log.device, "somebody else", laptop.clock)
        for mine, ref, body in turns:
            (laptop.log if mine else other).record(ref, body)
        assert_sound(laptop.database)
