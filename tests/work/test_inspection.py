"""The service: who may write, what is recorded once, what is missing, where the ratings stand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from builders.cases import TINY
from builders.laptops import Watch, assert_sound, forged
from fieldtool.domain.kinds.inspection import (
    FrameworkChosen,
    InspectionOpened,
    PersonJoined,
    StandardLeftUnrated,
)
from fieldtool.domain.kinds.sample import CaseAdded, CaseAssigned
from fieldtool.domain.log.events import ChainId
from fieldtool.domain.method.case import Answer, Aspect, Case, Judgement, Slot
from fieldtool.domain.method.case_line import CaseState
from fieldtool.domain.method.tally import Count
from fieldtool.store.audit import file_check
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import device_of
from fieldtool.store.file.database import Database, StoreError
from fieldtool.work.inspection import Inspection, InspectionError
from fieldtool.work.inspection_file import InspectionFile

YES, NO, NOT_RELEVANT = Answer.YES, Answer.NO, Answer.NOT_RELEVANT
NOTE = Slot(Aspect.NOTE, "Qax")
FREE, MINE, THEIRS = "F", "M", "T"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    with Database.create(path) as database:
        log = Log(database, ChainId("lead", 1), "lead", Watch())
        log.record("", FrameworkChosen(framework=TINY))
        for ref, holder in ((FREE, None), (MINE, "anna"), (THEIRS, "ben")):
            log.record(ref, CaseAdded(sample="branch"), CaseAssigned(person=holder))
    return path


@pytest.fixture
def inspection_file(file: Path) -> Iterator[InspectionFile]:
    with InspectionFile.open(file, to_write=True) as inspection_file:
        yield inspection_file


@pytest.fixture
def anna(inspection_file: InspectionFile) -> Inspection:
    return Inspection(inspection_file, "anna", Watch())


def number_of_events(inspection: Inspection) -> int:
    return file_check.rebuild(inspection.file.database)


def elsewhere(inspection: Inspection, kind: str, text: str, slot: str) -> None:
    """Something that another device has recorded of case M, and that has just been taken in."""
    event = forged(text, kind, slot, "ben's")._replace(subject=MINE)
    inspection.log.receive([event._replace(hash=event.chained(bytes(32)))])


def filled(inspection: Inspection, ref: str = MINE) -> Case:
    case = inspection.case(ref)
    case = inspection.set_fact(case, "borough", "Camden")
    case = inspection.set_fact(case, "stock", "books")
    case = inspection.answer(case, "Qax", YES)
    case = inspection.judge(case, "Qa", Judgement.YES)
    return inspection.judge(case, "Qb", Judgement.YES)


# ---------------------------------------------------------------------- who may write


@pytest.mark.parametrize(("ref", "why"), [(FREE, ""), (MINE, ""), (THEIRS, "held by ben: you can read it")])
def test_one_writes_in_one_s_own_cases_and_in_those_that_nobody_holds(
    anna: Inspection, ref: str, why: str
) -> None:
    case = anna.case(ref)
    assert anna.why_read_only(case) == why
    if not why:
        assert anna.answer(case, "Qax", YES).answer("Qax") is YES
        return
    before = number_of_events(anna)
    for deed in (
        lambda: anna.answer(case, "Qax", YES),
        lambda: anna.judge(case, "Qa", Judgement.YES),
        lambda: anna.set_fact(case, "stock", "books"),
        lambda: anna.keep_text(case, NOTE, "x"),
        lambda: anna.write_text(case, NOTE, "x"),
        lambda: anna.undo(case),
        lambda: anna.complete(case),
    ):
        with pytest.raises(InspectionError, match=r"^T is held by ben: you can read it\.$"):
            deed()
    assert number_of_events(anna) == before
    assert anna.case(ref).state is CaseState.UNTOUCHED
    assert anna.being_written(case) == {}


def test_who_has_not_said_who_they_are_only_looks(inspection_file: InspectionFile) -> None:
    nobody = Inspection(inspection_file)
    case = nobody.case(MINE)
    assert nobody.why_read_only(case) == "opened to look only"
    with pytest.raises(InspectionError, match="M is opened to look only"):
        nobody.answer(case, "Qax", YES)
    with pytest.raises(InspectionError, match="Say who you are"):
        nobody.record(PersonJoined(person="x", name="X", role="inspector"))
    assert device_of(inspection_file.database) is None  # looking leaves no trace


def test_a_file_opened_to_look_is_not_written(file: Path) -> None:
    with InspectionFile.open(file, to_write=False) as inspection_file:
        anna = Inspection(inspection_file, "anna")
        assert anna.why_read_only(anna.case(MINE)) == "opened to look only"
        with pytest.raises(StoreError, match="cannot be written where it is"):
            anna.record(PersonJoined(person="x", name="X", role="inspector"))
        assert anna.counts()["Qax"] == Count(open=3)
        assert list(anna.findings()) == []


def test_a_complete_case_is_not_changed_until_it_is_reopened(anna: Inspection) -> None:
    case = anna.complete(filled(anna))
    assert (case.complete, case.state) == (True, CaseState.COMPLETE)
    assert anna.why_read_only(case) == "complete: reopen it to change it"
    with pytest.raises(InspectionError, match="M is complete: reopen it to change it"):
        anna.answer(case, "Qax", NO)
    with pytest.raises(InspectionError, match="complete: reopen"):
        anna.undo(case)
    case = anna.reopen(case, " A prompt was misread. ")
    assert case.state is CaseState.IN_PROGRESS
    assert anna.answer(case, "Qax", NO).answer("Qax") is NO
    assert [c.kind for c in anna.history(case, Slot(Aspect.COMPLETION))] == [
        "case.reopened",
        "case.completed",
    ]


def test_no_such_case(anna: Inspection) -> None:
    with pytest.raises(InspectionError, match="There is no case X in this inspection"):
        anna.case("X")


# ---------------------------------------------------------------------- answers, judgements, facts


def test_an_answer_is_in_the_file_and_in_the_case_that_comes_back(anna: Inspection, file: Path) -> None:
    case = anna.answer(anna.case(MINE), "Qax", NOT_RELEVANT)
    assert case == anna.case(MINE)
    assert case.answer("Qax") is NOT_RELEVANT
    with InspectionFile.open(file, to_write=False) as other:
        assert Inspection(other).case(MINE) == case


def test_the_same_again_is_no_second_event(anna: Inspection) -> None:
    case = filled(anna)
    before = number_of_events(anna)
    assert anna.answer(case, "Qax", YES) is case
    assert anna.judge(case, "Qa", Judgement.YES) is case
    assert anna.set_fact(case, "stock", "books") is case
    assert anna.answer(case, "Qay", None) is case
    assert number_of_events(anna) == before
    assert anna.answer(case, "Qax", None).answer("Qax") is None
    case = anna.case(MINE)
    assert anna.answer(case, "Qax", None) is case
    assert number_of_events(anna) == before + 1


def test_the_same_again_is_recorded_where_the_screen_was_behind(anna: Inspection) -> None:
    seen = anna.answer(anna.case(MINE), "Qax", YES)
    anna.answer(seen, "Qax", NO)
    assert anna.answer(seen, "Qax", YES).answer("Qax") is YES
    assert anna.case(MINE).answer("Qax") is YES


def test_the_same_again_as_another_device_is_no_event(anna: Inspection) -> None:
    elsewhere(anna, "answer.given", '{"prompt":"Qax","answer":"no"}', "answer:Qax")
    case = anna.case(MINE)
    assert case.answer("Qax") is NO
    before = number_of_events(anna)
    assert anna.answer(case, "Qax", NO) is case  # no conflict, nothing new
    assert number_of_events(anna) == before


def test_affirming_what_is_shown_of_two_values_names_both(anna: Inspection) -> None:
    anna.answer(anna.case(MINE), "Qax", YES)
    elsewhere(anna, "answer.given", '{"prompt":"Qax","answer":"no"}', "answer:Qax")
    case = anna.case(MINE)
    assert case.answer("Qax") is YES
    before = number_of_events(anna)
    anna.answer(case, "Qax", YES)
    assert number_of_events(anna) == before + 1
    assert len(anna.history(case, Slot(Aspect.ANSWER, "Qax"))) == 3
    assert_sound(anna.file.database)


def test_a_fact_has_its_choices_alone(anna: Inspection) -> None:
    case = anna.case(MINE)
    with pytest.raises(InspectionError, match=r"^Stock has no choice vinyl\.$"):
        anna.set_fact(case, "stock", "vinyl")
    assert anna.set_fact(case, "borough", "anywhere").facts == {"borough": "anywhere"}


@pytest.mark.parametrize("blank", ["", " ", "\n\t"])
def test_a_blank_text_is_no_fact(anna: Inspection, blank: str) -> None:
    case = anna.set_fact(anna.case(MINE), "borough", " Camden ")
    assert case.facts == {"borough": "Camden"}
    assert anna.set_fact(case, "borough", blank).facts == {}
    assert anna.case(MINE).facts == {}


def test_texts_used(anna: Inspection) -> None:
    for ref, borough in ((MINE, "Leeds"), (FREE, "Camden")):
        anna.set_fact(anna.case(ref), "borough", borough)
    assert anna.texts_used("borough") == ("Camden", "Leeds")
    anna.set_fact(anna.case(FREE), "borough", "Leeds")
    assert anna.texts_used("borough") == ("Leeds",)
    assert anna.texts_used("stock") == ()


# ---------------------------------------------------------------------- texts


def test_a_text_is_kept_while_it_is_typed_and_recorded_when_it_is_left(anna: Inspection) -> None:
    case = anna.case(MINE)
    before = number_of_events(anna)
    anna.keep_text(case, NOTE, "The d")
    anna.keep_text(case, NOTE, "The doors")
    assert anna.being_written(case) == {NOTE: "The doors"}
    assert anna.being_written(anna.case(FREE)) == {}
    assert anna.case(MINE).note("Qax") == ""
    case = anna.write_text(case, NOTE, " The doors bang. ")
    assert case == anna.case(MINE)
    assert case.note("Qax") == "The doors bang."
    assert anna.being_written(case) == {}
    assert number_of_events(anna) == before + 1
    case = anna.write_text(case, NOTE, " ")
    assert case == anna.case(MINE)
    assert NOTE not in case.values


def test_what_was_being_written_at_a_kill_is_recorded_at_the_next_start(anna: Inspection, file: Path) -> None:
    anna.keep_text(anna.case(MINE), NOTE, "The doors ba")
    with InspectionFile.open(file, to_write=True) as inspection_file:  # the first was never closed
        assert Inspection(inspection_file).being_written(anna.case(MINE)) == {NOTE: "The doors ba"}
        assert Inspection(inspection_file, "ben").case(MINE).note("Qax") == ""
        again = Inspection(inspection_file, "anna")
        assert again.case(MINE).note("Qax") == "The doors ba"
        assert again.being_written(again.case(MINE)) == {}
        assert again.history(again.case(MINE), NOTE)[0].actor == "anna"
        assert_sound(inspection_file.database)


# ---------------------------------------------------------------------- undo, history


def test_undo_says_what_it_took_back(anna: Inspection) -> None:
    case = anna.answer(anna.case(MINE), "Qax", YES)
    case = anna.answer(case, "Qax", NO)
    undone = anna.undo(case)
    assert undone is not None
    assert (undone.slot, undone.was) == (Slot(Aspect.ANSWER, "Qax"), "no")
    assert undone.case == anna.case(MINE)
    assert undone.case.answer("Qax") is YES
    undone = anna.undo(undone.case)
    assert undone is not None
    assert undone.case.state is CaseState.UNTOUCHED
    assert anna.undo(undone.case) is None


def test_history_names_who_when_and_what(anna: Inspection) -> None:
    case = anna.answer(anna.case(MINE), "Qax", YES)
    case = anna.answer(case, "Qax", None)
    found = anna.history(case, Slot(Aspect.ANSWER, "Qax"))
    assert [(c.actor, c.kind, c.value) for c in found] == [
        ("anna", "answer.given", None),
        ("anna", "answer.given", "yes"),
    ]
    assert found[0].wall > found[1].wall
    assert anna.history(case, NOTE) == ()


# ---------------------------------------------------------------------- complete, reopen


def test_what_is_missing_is_named(anna: Inspection) -> None:
    case = anna.case(MINE)
    with pytest.raises(
        InspectionError, match=r"^M is not complete: case fact: Borough and 7 more missing\.$"
    ):
        anna.complete(case)
    case = anna.judge(filled(anna), "Qb", Judgement.NO)
    with pytest.raises(InspectionError, match=r"^M is not complete: reason for the no to Qb missing\.$"):
        anna.complete(case)
    case = anna.write_text(case, Slot(Aspect.REASON, "Qb"), "Shouting.")
    assert anna.complete(case).complete
    assert anna.counts(complete_only=True)["Qb"] == Count(no=1, open=2)


def test_whether_a_case_is_complete_is_not_told_by_what_a_screen_remembers(anna: Inspection) -> None:
    case = filled(anna)
    anna.answer(case, "Qax", None)
    with pytest.raises(InspectionError, match="answer to Qax missing"):
        anna.complete(case)


@pytest.mark.parametrize("why", ["", " \n"])
def test_reopening_asks_why(anna: Inspection, why: str) -> None:
    case = anna.complete(filled(anna))
    with pytest.raises(InspectionError, match=r"^Say why M is reopened\.$"):
        anna.reopen(case, why)
    assert anna.case(MINE).complete


def test_only_a_complete_case_is_reopened_by_its_holder_or_a_lead_who_sends_it_back(anna: Inspection) -> None:
    with pytest.raises(InspectionError, match=r"^M is not complete\.$"):
        anna.reopen(anna.case(MINE), "why")
    case = anna.complete(filled(anna))
    ben = Inspection(anna.file, "ben")
    with pytest.raises(InspectionError, match=r"^M is held by anna: you can read it\.$"):
        ben.reopen(case, "why")
    assert anna.case(MINE).complete
    anna.record(PersonJoined(person="ben", name="Ben", role="lead_inspector"))
    sent_back = ben.reopen(case, "2.1.3 wants another look")
    assert not sent_back.complete
    assert sent_back.holder == "anna"
    assert ben.why_read_only(sent_back) == "held by anna: you can read it"


# ---------------------------------------------------------------------- standing


def test_where_the_ratings_stand(anna: Inspection) -> None:
    filled(anna)
    anna.judge(anna.case(FREE), "Qb", Judgement.NO)
    standing = anna.standing()
    quiet, lending = standing.standards
    assert [s.count for s in quiet.key_questions] == [Count(yes=1, open=2), Count(yes=1, no=1, open=1)]
    assert quiet.provisional is not None
    assert (quiet.provisional.title, [s.key_question.id for s in quiet.deciding]) == ("Fair", ["Qb"])
    assert lending.provisional is None
    assert standing.overall.reason == "No overall rating: L Lending has no rating."
    anna.record(StandardLeftUnrated(standard="L", why="Too few branches lend."))
    assert anna.unrated == {"L": "Too few branches lend."}
    assert anna.standing().overall.reason.endswith("has no rating (Too few branches lend).")


def test_where_the_complete_cases_stand(anna: Inspection) -> None:
    anna.complete(filled(anna))
    anna.judge(anna.case(FREE), "Qb", Judgement.NO)
    quiet = anna.standing(complete_only=True).standards[0]
    assert [s.count for s in quiet.key_questions] == [Count(yes=1, open=2), Count(yes=1, open=2)]
    assert not quiet.settled
    assert [case.ref for case in anna.cases(complete_only=True)] == [MINE]
    assert [case.ref for case in anna.cases()] == [FREE, MINE, THEIRS]


def test_what_is_recorded_of_the_inspection_is_read_at_once(anna: Inspection) -> None:
    assert (anna.fieldwork, anna.file.heading.title, anna.file.people) == ((None, None), "", ())
    anna.record(
        InspectionOpened(provider="P", title="T", fieldwork_from=date(2020, 3, 2)),
        PersonJoined(person="anna", name="Anna", role="inspector"),
    )
    assert anna.fieldwork == (date(2020, 3, 2), None)
    assert (anna.file.heading.title, anna.file.heading.provider) == ("T", "P")
    assert [person.name for person in anna.file.people] == ["Anna"]
    assert anna.framework == TINY


def test_an_inspection_without_a_framework_says_so(tmp_path: Path) -> None:
    with InspectionFile(Database.create(tmp_path / "new.db")) as inspection_file:
        with pytest.raises(StoreError, match="has no framework yet: the inspection is not set up"):
            _ = Inspection(inspection_file, "anna").framework
        assert inspection_file.heading.samples == ()
