"""The clocks: what may be believed of others', and what is put on record when our own jumps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from builders.laptops import NO, START, YES, Laptop, Watch, assert_sound, forged
from fieldtool.domain.kinds.devices import ClockJumped
from fieldtool.domain.log.events import ChainId, Event
from fieldtool.store.audit import file_check
from fieldtool.store.chain.clock import DAY, latest_believed, steady_clock, tick_of
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import read_events
from fieldtool.store.chain.session import Session
from fieldtool.store.file.database import Database, StoreError
from fieldtool.work.inspection_file import InspectionFile

NOW = tick_of(START)
YEARS = 400 * DAY


class Hands:
    """The clocks of one machine: time passes in both, and somebody may set the one on the wall."""

    def __init__(self) -> None:
        self.wall = START
        self.seconds = 1000.0

    def passes(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.seconds += seconds

    def is_set(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)

    def steady(self) -> float:
        return self.seconds

    def __call__(self) -> datetime:
        return self.wall


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def database() -> Iterator[Database]:
    with Laptop(None, "lead") as laptop:
        laptop.set_up("A")
        yield laptop.database


def session(database: Database, hands: Hands) -> Log:
    """What one run of the program records with."""
    device = ChainId("a", 1)
    return Log(database, device, "anna", hands, Session(database, device, "anna", hands.steady).due)


def own(database: Database) -> list[Event]:
    return [event for event in read_events(database) if event.id.device == "a"]


def kinds(database: Database) -> list[str]:
    return [event.kind for event in own(database)]


BEGIN = ["device.joined", "session.began"]

FULL = """
    CREATE TEMP TRIGGER full BEFORE INSERT ON event WHEN new.kind = 'answer.given'
    BEGIN SELECT RAISE(ABORT, 'disk is full'); END
"""

# ---------------------------------------------------------------------- what is believed of the others


@pytest.mark.parametrize(
    ("ends", "believed"),
    [
        ([], 0),
        ([NOW - DAY], NOW - DAY),
        ([NOW - DAY, NOW + DAY], NOW + DAY),
        ([NOW - DAY, NOW + DAY + 1], NOW - DAY),
        ([NOW, NOW + 5, NOW + YEARS], NOW + 5),
        # Our own clock is years behind, as with a flat battery: most of the others are right.
        ([NOW + YEARS, NOW + YEARS + 7, NOW], NOW + YEARS + 7),
    ],
)
def test_the_latest_time_that_is_believed(ends: list[int], believed: int) -> None:
    assert latest_believed(ends, START) == believed


def ahead(text: str, device: str = "z") -> Event:
    event = forged(text, "answer.given", "answer:Qax", device)._replace(at=NOW + YEARS)
    return event._replace(hash=event.chained(bytes(32)))


def test_a_clock_that_is_years_ahead_drags_nobody_with_it() -> None:
    with Laptop(None, "a") as laptop, Laptop(None, "b") as other:
        laptop.set_up("A", "B")
        other.log.receive(laptop.events)
        wrong = ahead('{"prompt":"Qax","answer":"no"}')
        laptop.log.receive([wrong])
        (elsewhere,) = laptop.log.record("B", YES)
        assert elsewhere.at < NOW + DAY
        # What replaces the wrong one comes after it, and that alone.
        (after,) = laptop.log.record("A", YES)
        assert after.parents == (wrong.id,)
        assert after.at == wrong.at + 1
        (next_one,) = laptop.log.record("B", NO)
        assert elsewhere.at < next_one.at < NOW + DAY
        assert laptop.values("A") == {"answer:Qax": "yes"}
        # It is kept and passed on as it came, and drags nobody who takes it in either.
        other.log.receive(laptop.events)
        assert wrong in other.events
        (third,) = other.log.record("B", YES)
        assert third.at < NOW + DAY
        assert_sound(laptop.database)
        assert_sound(other.database)


def test_what_is_a_little_ahead_is_followed() -> None:
    with Laptop(None, "a") as laptop:
        laptop.set_up("A", "B")
        event = ahead('{"prompt":"Qax","answer":"no"}')._replace(at=NOW + DAY // 2)
        laptop.log.receive([event._replace(hash=event.chained(bytes(32)))])
        (mine,) = laptop.log.record("B", YES)
        assert mine.at == NOW + DAY // 2 + 1


def test_a_laptop_that_was_years_ahead_itself_is_right_again_once_its_clock_is() -> None:
    watch = Watch(START + timedelta(days=4000))
    with Laptop(None, "a", watch) as wrong, Laptop(None, "b") as other:
        wrong.set_up("A", "B")
        other.log.record("", *[event.body for event in wrong.events[:1]])
        wrong.log.receive(other.events)
        watch.at = START + timedelta(hours=1)
        with Laptop(None, "c") as third:
            third.log.receive(wrong.events)
            third.log.record("A", YES)
            wrong.log.receive(third.events)
        (mine,) = wrong.log.record("C", YES)
        assert mine.at < NOW + DAY
        assert_sound(wrong.database)


# ---------------------------------------------------------------------- our own clock


def test_steady_time_goes_forward() -> None:
    first = steady_clock()
    assert steady_clock() >= first > 0


def test_a_session_begins_with_the_first_thing_recorded_and_only_once(
    database: Database, hands: Hands
) -> None:
    log = session(database, hands)
    assert kinds(database) == []
    log.record("A", YES, NO)
    hands.passes(3600)
    (event,) = log.record("A", YES)
    assert event.body == YES
    assert kinds(database) == [*BEGIN, *["answer.given"] * 3]
    # Another run goes on with the key that is known.
    session(database, hands).record("A", NO)
    assert kinds(database)[-2:] == ["session.began", "answer.given"]
    assert_sound(database)


@pytest.mark.parametrize(
    ("passed", "set_by", "jumped"),
    [
        (10, -4.9, False),
        (10, -5.1, True),
        (10, 14 * 60, False),
        (10, 15 * 60 + 1, True),
        (10, -4 * 365 * 86400, True),
        (12 * 3600, 0, False),  # a night asleep is no jump: the steady clock has gone on
    ],
)
def test_jumps_within_a_session(
    database: Database, hands: Hands, passed: float, set_by: float, jumped: bool
) -> None:
    log = session(database, hands)
    log.record("A", YES)
    hands.passes(passed)
    hands.is_set(set_by)
    (event,) = log.record("A", NO)
    assert kinds(database)[3:] == (["clock.jumped"] if jumped else []) + ["answer.given"]
    assert event.wall == hands.wall.isoformat(timespec="milliseconds")
    found = file_check.clock_jumps(database)
    assert len(found) == jumped
    for jump in found:
        assert jump.seconds == pytest.approx(set_by)
        assert (jump.device, jump.noticed) == ("a.1", "within a session")
        assert datetime.fromisoformat(jump.found) == hands.wall
        assert jump.event.id == "a.1.4"
    # Once said, it is where the clocks are compared from.
    hands.passes(5)
    log.record("A", YES)
    assert kinds(database)[-1:] == ["answer.given"]
    assert len(file_check.clock_jumps(database)) == jumped
    events = own(database)
    assert [event.at for event in events] == sorted({event.at for event in events})
    assert_sound(database)


def test_clocks_that_drift_apart_slowly_have_not_jumped(database: Database, hands: Hands) -> None:
    log = session(database, hands)
    for _ in range(20):
        log.record("A", YES)
        hands.passes(3600)
        hands.is_set(-1)
    assert file_check.clock_jumps(database) == ()


@pytest.mark.parametrize(("hours", "jumped"), [(-0.01, False), (-0.02, True), (-24, True), (24, False)])
def test_going_back_between_sessions(database: Database, hands: Hands, hours: float, jumped: bool) -> None:
    session(database, hands).record("A", YES)
    hands.is_set(hours * 3600)
    hands.seconds = 5  # the machine was started again
    session(database, hands).record("A", NO)
    found = file_check.clock_jumps(database)
    assert [jump.noticed for jump in found] == ["between sessions"] * jumped
    assert kinds(database)[3:] == ["clock.jumped"] * jumped + ["session.began", "answer.given"]
    assert all(jump.expected == START.isoformat(timespec="milliseconds") for jump in found)


def test_a_jump_is_in_the_transaction_of_the_answer_that_met_it(database: Database, hands: Hands) -> None:
    log = session(database, hands)
    for number in range(2):  # at first, the beginning of the session is lost with the answer
        hands.passes(10)
        hands.is_set(-3600 * number)
        before = own(database)
        database.connection.execute(FULL)
        with pytest.raises(StoreError, match="disk is full"):
            log.record("A", YES)
        assert own(database) == before
        database.connection.execute("DROP TRIGGER full")
        log.record("A", YES)
        log.record("A", NO)
    assert kinds(database) == [*BEGIN, *["answer.given"] * 2, "clock.jumped", *["answer.given"] * 2]
    assert [jump.seconds for jump in file_check.clock_jumps(database)] == [pytest.approx(-3600)]
    assert_sound(database)


def test_a_failure_much_later_repeats_no_jump(database: Database, hands: Hands) -> None:
    log = session(database, hands)
    log.record("A", YES)
    for _ in range(2):
        hands.is_set(-600)
        log.record("A", NO)
    with pytest.raises(ZeroDivisionError), database.transaction():
        _ = 1 / 0
    log.record("A", YES)
    assert kinds(database).count("clock.jumped") == 2
    assert kinds(database).count("session.began") == 1


def test_summer_time_is_no_jump(database: Database, hands: Hands) -> None:
    log = session(database, hands)
    log.record("A", YES)
    hands.wall = hands.wall.astimezone(datetime.fromisoformat("2020-03-29T02:00:00+01:00").tzinfo)
    (event,) = log.record("A", NO)
    assert event.wall.endswith("+01:00")
    assert file_check.clock_jumps(database) == ()


def test_the_lead_sees_the_jumps_of_all(tmp_path: Path, hands: Hands) -> None:
    with Laptop(tmp_path / "a.db", "lead") as laptop:
        laptop.set_up("A")
        log = session(laptop.database, hands)
        log.record("A", YES)
        hands.is_set(-7200)
        log.record("A", NO)
        remarks = [each for each in file_check.examine(laptop.database) if each.about == "clock"]
        assert [each.what for each in remarks] == [
            "The clock of device a.1 went back by 2 hours: it showed 2020-03-02T07:00:00.000+00:00 and should "
            "have shown 2020-03-02T09:00:00.000+00:00; noticed within a session."
        ]
        assert not remarks[0].grave
    with InspectionFile.open(tmp_path / "a.db", to_write=False) as file:
        (jump,) = file_check.clock_jumps(file.database)
        assert (jump.event.actor, jump.seconds) == ("anna", -7200)


def test_an_event_dated_after_today_is_remarked_on() -> None:
    with Laptop(None, "a") as laptop:
        laptop.set_up("A")
        laptop.log.receive([ahead('{"prompt":"Qax","answer":"no"}')])
        said = [each for each in file_check.examine(laptop.database, Watch()) if each.about == "clock"]
        assert [(each.grave, [event.id for event in each.events]) for each in said] == [(False, ["z.1.1"])]


def test_a_jump_is_put_on_record_as_such() -> None:
    body = ClockJumped.model_validate_json(
        '{"device":"a","incarnation":1,"expected":"x","found":"y","noticed":"between sessions","steady":1}'
    )
    with Laptop(None, "a") as laptop:
        laptop.log.record("", body)  # with times that nobody can read
        (jump,) = file_check.clock_jumps(laptop.database)
        assert (jump.seconds, jump.expected) == (0, "x")
