"""The agenda of an inspection: who may plan, write and answer there, and what is refused in which words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from pathlib import Path

import pytest

from builders.cases import CRC, TINY
from builders.commands import begun
from builders.inspections import half_written, noted
from fieldtool.domain.errors import Mistyped
from fieldtool.domain.kinds.agenda_items import ItemState
from fieldtool.domain.kinds.inspection import PersonJoined
from fieldtool.domain.log.events import ChainId
from fieldtool.domain.method.case import Slot
from fieldtool.domain.method.framework import AgendaKind
from fieldtool.domain.words.days import typed_day
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import read_events
from fieldtool.store.file.database import Database
from fieldtool.work.inspection import Inspection, InspectionError
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead import setting_up
from fieldtool.work.lead.agenda import Agenda, time_of
from fieldtool.work.lead.lead import Lead

OFFICER, GROUP = AgendaKind.OFFICER_INTERVIEW, AgendaKind.FOCUS_GROUP


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with begun(tmp_path / "trial.db", CRC) as (log, _):
        log.record("", PersonJoined(person="INS-02", name="Ivor Two", role="inspector"))
    with Database.open(tmp_path / "trial.db") as opened:
        yield opened


def working(database: Database, person: str | None) -> Agenda:
    return Agenda(Lead(Inspection(InspectionFile(database), person)))


@pytest.fixture
def lead(database: Database) -> Agenda:
    return working(database, "LEAD-1")


def plan(agenda: Agenda, id: str, day: str = "16/3/2020", kind: AgendaKind = OFFICER, goes: str = "") -> str:
    agenda.propose_item(agenda.read(kind, day=day, goes=goes, id=id)).carry_out()
    return id


def states(agenda: Agenda) -> dict[str, str]:
    return {item.id: item.told for item in agenda.items}


def test_what_is_planned_is_there_and_can_be_moved(lead: Agenda) -> None:
    made = lead.read(
        GROUP, day="16/3/2020", at="9.30", place=" Hub ", whom="managers", goes="ins-02, INS-01 ins-02"
    )
    lead.propose_item(made).carry_out()
    (item,) = lead.items
    assert item.plan == made
    assert (made.day, made.at, made.place, made.goes) == (
        date(2020, 3, 16),
        time(9, 30),
        "Hub",
        ("INS-02", "INS-01"),
    )
    assert item.id.startswith("FG-")
    lead.propose_item(lead.read(GROUP, day="2020-03-17", id=item.id), new=False).carry_out()
    assert lead.item(item.id.lower()).when == "Tue 17 Mar 2020"


def test_ids_that_are_made_up_are_never_taken(lead: Agenda) -> None:
    for _ in range(30):
        lead.propose_item(lead.read(GROUP, day="16/3/2020")).carry_out()
    assert len({item.id for item in lead.items}) == 30


def test_an_item_that_is_named_twice_is_one(lead: Agenda) -> None:
    plan(lead, "FG-1")
    assert lead.propose_done(["FG-1", "fg-1"]).carry_out().items == ("FG-1",)
    assert lead.propose_again(["fg-1", "FG-1"]).carry_out().items == ("FG-1",)
    assert lead.propose_cancelled(["fg-1", "Fg-1"], "ill").carry_out().items == ("FG-1",)


def test_done_cancelled_and_planned_again(lead: Agenda) -> None:
    plan(lead, "A")
    plan(lead, "B")
    assert lead.propose_done(["a"]).carry_out().items == ("A",)
    assert lead.propose_done(["A"]).carry_out().items == ()
    assert lead.propose_cancelled(["B"], " nobody \n came ").carry_out().items == ("B",)
    assert states(lead) == {"A": "done", "B": "cancelled because: nobody came"}
    with pytest.raises(InspectionError, match="A is done"):
        lead.propose_cancelled(["A"], "x").carry_out()
    with pytest.raises(InspectionError, match="B was cancelled"):
        lead.propose_done(["B"]).carry_out()
    assert lead.propose_again(["A", "B"]).carry_out().items == ("A", "B")
    assert states(lead) == {"A": "planned", "B": "planned"}


@pytest.fixture
def three_weeks(lead: Agenda) -> Agenda:
    for place, day in enumerate(("2/3/2020", "9/3/2020", "16/3/2020", "16/3/2020", "18/3/2020"), 1):
        plan(lead, f"T{place}", day)
    lead.propose_done(["T1", "T3"]).carry_out()
    lead.propose_cancelled(["T2"], "ill").carry_out()
    return lead


def test_a_week_is_cancelled_at_once_and_what_is_done_stays_done(three_weeks: Agenda) -> None:
    events = len([*read_events(three_weeks.lead.inspection.file.database)])
    assert three_weeks.propose_cancelled_days(
        typed_day("9/3/2020"), "fieldwork was stopped", later=True
    ).carry_out().items == ("T4", "T5")
    assert len([*read_events(three_weeks.lead.inspection.file.database)]) == events + 2
    stopped = "cancelled because: fieldwork was stopped"
    assert states(three_weeks) == {
        "T1": "done",
        "T2": "cancelled because: ill",
        "T3": "done",
        "T4": stopped,
        "T5": stopped,
    }


def test_a_day_is_cancelled_at_once(three_weeks: Agenda) -> None:
    assert three_weeks.propose_cancelled_days(
        typed_day("16/3/2020"), "snow", later=False
    ).carry_out().items == ("T4",)
    assert three_weeks.item("T5").state is ItemState.PLANNED
    with pytest.raises(InspectionError, match=r"^Nothing is planned on Mon 16 Mar 2020\.$"):
        three_weeks.propose_cancelled_days(typed_day("16/3/2020"), "snow", later=False).carry_out()
    with pytest.raises(InspectionError, match=r"^Nothing is planned from Thu 19 Mar 2020 on\.$"):
        three_weeks.propose_cancelled_days(typed_day("19/3/2020"), "snow", later=True).carry_out()
    with pytest.raises(InspectionError, match="Say why"):
        three_weeks.propose_cancelled_days(typed_day("1/3/2020"), "  ", later=True).carry_out()


def test_only_the_lead_plans_and_those_who_go_there_write(database: Database, lead: Agenda) -> None:
    plan(lead, "A", goes="INS-01")
    plan(lead, "B")
    mine, other = working(database, "INS-01"), working(database, "INS-02")
    assert mine.why_not_plan == "for the lead inspector to do"
    for deed in (
        lambda: plan(mine, "C"),
        lambda: mine.propose_item(mine.item("A").plan, new=False).carry_out(),
        lambda: mine.propose_cancelled(["A"], "x").carry_out(),
        lambda: mine.propose_cancelled_days(typed_day("1/1/2020"), "x", later=True).carry_out(),
        lambda: mine.propose_again(["A"]).carry_out(),
    ):
        with pytest.raises(InspectionError, match=r"^This is for the lead inspector to do, who is LEAD-1\.$"):
            deed()
    for refused in (
        lambda: noted(other, "A", "1.2", "x"),
        lambda: other.answer("A", {"workload": "yes"}),
        lambda: other.propose_done(["A"]).carry_out(),
    ):
        with pytest.raises(InspectionError, match=r"^A is for those who go there to write: INS-01\.$"):
            refused()
    for writer in (mine, lead):
        noted(writer, "A", "1.2", "x")
    noted(other, "B", "1.2.1", "anybody may where nobody is named")
    mine.propose_done(["A"]).carry_out()
    assert len(lead.notes()) == 3
    looking = working(database, None)
    assert (looking.why_not_plan, looking.why_not_write(looking.item("A"))) == ("opened to look only",) * 2
    with pytest.raises(InspectionError, match="opened to look only"):
        looking.propose_cancelled(["A"], "x").carry_out()


def test_everybody_has_a_note_of_their_own(database: Database, lead: Agenda) -> None:
    plan(lead, "A")
    mine = working(database, "INS-01")
    noted(mine, "A", "1.2.1", "vacancies are filled")
    noted(lead, "a", "1.2.1", "they are not")
    noted(mine, "A", "1.2.1", "vacancies are filled in a month")
    assert [(note.person, note.text) for note in lead.notes("A")] == [
        ("INS-01", "vacancies are filled in a month"),
        ("LEAD-1", "they are not"),
    ]
    noted(mine, "A", "1.2.1", "")
    assert [note.person for note in lead.notes()] == ["LEAD-1"]
    with pytest.raises(
        InspectionError, match=r"^There is no standard or key question 1\.2\.9: did you mean 1\.2"
    ):
        noted(mine, "A", "1.2.9", "x")


def test_what_was_being_typed_at_a_kill_is_a_note_when_its_writer_comes_back(
    database: Database, lead: Agenda
) -> None:
    plan(lead, "A")
    mine = working(database, "INS-01")
    slot = mine.note_slot("A", "1.2.1")
    mine.keep_note(slot, "half a thou")
    assert half_written(mine) == {slot: "half a thou"}
    assert lead.notes() == ()
    back = working(database, "INS-01")
    assert [note.text for note in back.notes("A")] == ["half a thou"]
    assert half_written(back) == {}
    assert back.note_in(slot) == "half a thou"


def test_answers_are_recorded_one_by_one_and_taken_back(lead: Agenda) -> None:
    plan(lead, "A")
    lead.answer("A", {"workload": "no"})
    lead.answer("A", {"prepared": "yes"})
    lead.answer("A", {"workload": "yes"})
    before = len([*read_events(lead.lead.inspection.file.database)])
    lead.answer("A", {"workload": "yes"})
    assert len([*read_events(lead.lead.inspection.file.database)]) == before
    lead.answer("A", {"prepared": None})
    assert lead.answers == {("A", "workload"): "yes"}
    (count, *_) = lead.counts["officers"]
    assert (count.percent("yes"), count.whole) == (100, 1)


def test_answers_that_do_not_fit_are_refused_all_together(lead: Agenda) -> None:
    plan(lead, "A")
    plan(lead, "G", kind=GROUP)
    with pytest.raises(
        InspectionError, match=r"^The interview form has no question worklod: did you mean workload\?$"
    ):
        lead.answer("A", {"prepared": "yes", "worklod": "no"})
    with pytest.raises(
        InspectionError, match=r'^"maybe" is not an answer to workload: there are yes, partly, no, cannot'
    ):
        lead.answer("A", {"prepared": "yes", "workload": "maybe"})
    with pytest.raises(InspectionError, match=r"no interview form for G, Focus group\.$"):
        lead.answer("G", {"workload": "yes"})
    assert lead.answers == {}


def test_an_inspection_without_a_form_works(tmp_path: Path) -> None:
    with begun(tmp_path / "old.db", TINY) as (log, _):
        del log
    with Database.open(tmp_path / "old.db") as database:
        agenda = working(database, "LEAD-1")
        plan(agenda, "A")
        noted(agenda, "A", "Qa", "quiet")
        assert (agenda.form_of(agenda.item("A")), agenda.counts) == (None, {})
        with pytest.raises(InspectionError, match="has no interview form for A"):
            agenda.answer("A", {"workload": "yes"})


def test_two_laptops_that_did_not_know_of_each_other_leave_a_conflict(
    database: Database, lead: Agenda
) -> None:
    plan(lead, "A")
    lead.propose_done(["A"]).carry_out()
    log = Log(database, ChainId("other", 1), "LEAD-1")
    done = next(event for event in read_events(database) if event.kind == "agenda.done")
    elsewhere = done._replace(id=done.id._replace(device="other", seq=1), kind="agenda.cancelled")
    elsewhere = elsewhere._replace(text='{"item":"A","why":"ill"}')
    log.receive([elsewhere._replace(hash=elsewhere.chained(bytes(32)))])
    assert lead.contested == {Slot.parse("outcome:A")}
    (conflict,) = lead.lead.inspection.conflicts()
    lead.lead.inspection.settle(conflict, next(side for side in conflict.sides if side.value == "done"))
    assert (lead.contested, states(lead)) == (frozenset(), {"A": "done"})


@pytest.mark.parametrize(
    ("text", "day"),
    [("16/3/2020", date(2020, 3, 16)), (" 2020-03-16 ", date(2020, 3, 16)), ("1.4.2020", date(2020, 4, 1))],
)
def test_days_as_people_type_them(text: str, day: date) -> None:
    assert typed_day(text) == day


@pytest.mark.parametrize("text", ["", "31/2/2020", "monday", "2020-13-01"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(Mistyped, match=r"is not a valid date: write it as 23/03/2026\.$"):
        typed_day(text)


@pytest.mark.parametrize(
    ("text", "clock"),
    [("", None), ("9", time(9)), ("9:30", time(9, 30)), ("09.05", time(9, 5)), ("1400", time(14))],
)
def test_times_as_people_type_them(text: str, clock: time | None) -> None:
    assert time_of(text) == clock


@pytest.mark.parametrize("text", ["25:00", "9:6", "noon", "9:70"])
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(Mistyped, match=r"is not a valid time: write it as 9:30 or 14:00\.$"):
        time_of(text)


def test_what_cannot_be_planned(lead: Agenda) -> None:
    with pytest.raises(InspectionError, match=r"^INS-1 is not on the team: did you mean INS-01\?$"):
        lead.read(GROUP, day="16/3/2020", goes="INS-1")
    with pytest.raises(InspectionError, match="cannot be the id of an item"):
        lead.read(GROUP, day="16/3/2020", id="a/b")
    plan(lead, "A")
    with pytest.raises(InspectionError, match=r"^There is an item a already"):
        plan(lead, "a")
    with pytest.raises(InspectionError, match=r"^There is no item FG-9 on the agenda: there are A\.$"):
        lead.propose_cancelled(["FG-9"], "x").carry_out()


def test_where_nobody_is_named_the_inspectors_write_and_no_local_assessor(
    database: Database, lead: Agenda
) -> None:
    setting_up.propose_person(lead.lead, "LOC-1", "Lou", "local_assessor", office="East").carry_out()
    plan(lead, "A")
    plan(lead, "B", goes="LOC-1")
    assert working(database, "INS-02").why_not_write(lead.item("A")) == ""
    assessor = working(database, "LOC-1")
    assert (
        assessor.why_not_write(lead.item("A")) == "for inspectors to write, as nobody is named who goes there"
    )
    assert assessor.why_not_write(lead.item("B")) == ""
    with pytest.raises(InspectionError, match="for inspectors to write"):
        assessor.propose_done(["A"]).carry_out()
    gone = working(database, "NOT-1")
    assert gone.why_not_write(lead.item("A")) == "for the people of the team to write"
