"""`fieldtool conflicts`: each side of each conflict, as plain lines and as JSON, and forked chains beside them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builders.commands import apart, asked, elsewhere, tiny
from fieldtool.domain.kinds.assessment import (
    AnswerGiven,
    CaseCompleted,
    CaseReopened,
    JudgementMade,
    NoteWritten,
    ReasonWritten,
)
from fieldtool.domain.kinds.inspection import PersonJoined
from fieldtool.domain.log.events import ChainId
from fieldtool.domain.method.case import Answer, Aspect, Judgement, Slot
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import events_after, read_ends
from fieldtool.store.file.database import Database
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile

QAX = AnswerGiven(prompt="Qax", answer=Answer.YES)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tiny(tmp_path / "tiny.db")


def test_none(path: Path) -> None:
    answer = asked("conflicts", path)
    assert (answer.exit_code, answer.stdout) == (0, "There are no conflicts.\n")
    assert json.loads(asked("conflicts", path, "--json").stdout) == {"conflicts": [], "forked": []}


def test_every_side_with_its_reason(path: Path) -> None:
    apart(path, "d1", "d2")
    elsewhere(
        path, "INS-01", "d1", ("B-03", QAX), ("B-03", NoteWritten(item="Qax", text="seen in the\nfile"))
    )
    elsewhere(path, "LEAD-1", "d2", ("B-03", AnswerGiven(prompt="Qax", answer=Answer.NOT_RELEVANT)))
    answer = asked("conflicts", path)
    assert answer.exit_code == 1
    head, first, second, why, *_ = answer.stdout.splitlines()
    assert head == "B-03: Answer to Qax"
    assert "  1  LEAD-1  " in first
    assert first.endswith("laptop d2  not relevant (shown)")
    assert second.endswith("laptop d1  yes")
    assert why == "       because: seen in the file"
    assert answer.stdout.endswith("1 thing to settle: open the inspection, then f4.\n")


def test_as_json(path: Path) -> None:
    apart(path, "d1", "d2")
    elsewhere(path, "INS-01", "d1", ("B-03", JudgementMade(key_question="Qb", judgement=Judgement.NO)))
    elsewhere(path, "INS-01", "d1", ("B-03", ReasonWritten(key_question="Qb", text="late")))
    elsewhere(path, "LEAD-1", "d2", ("B-03", JudgementMade(key_question="Qb", judgement=Judgement.YES)))
    answer = asked("conflicts", path, "--json")
    assert answer.exit_code == 1
    (found,) = json.loads(answer.stdout)["conflicts"]
    assert (found["case"], found["slot"]) == ("B-03", "judgement:Qb")
    sides = {side["laptop"]: side for side in found["sides"]}
    assert (sides["d1"]["value"], sides["d1"]["why"], sides["d1"]["who"]) == ("no", "late", "INS-01")
    assert (sides["d2"]["value"], sides["d2"]["shown"]) == ("yes", True)


def test_kinds_of_all_sorts_can_be_told(path: Path) -> None:
    apart(path, "d1", "d2")
    role = PersonJoined(person="INS-02", name="Ina Two", role="inspector")
    elsewhere(path, "INS-01", "d1", ("B-01", CaseReopened(why="one more look")), ("", role))
    elsewhere(path, "LEAD-1", "d2", ("B-01", CaseCompleted()))
    elsewhere(path, "LEAD-1", "d2", ("", role.model_copy(update={"role": "local_assessor"})))
    said = asked("conflicts", path).stdout
    assert "The inspection: Name and role of INS-02" in said
    assert "Ina Two, local assessor (shown)" in said
    assert "B-01: Whether the case is complete" in said
    assert "because: one more look" in said


def test_settled_is_gone(path: Path) -> None:
    apart(path, "d1", "d2")
    elsewhere(path, "INS-01", "d1", ("B-03", QAX))
    elsewhere(path, "LEAD-1", "d2", ("B-03", AnswerGiven(prompt="Qax", answer=Answer.NO)))
    assert "Answer to Qax" in asked("conflicts", path).stdout
    with InspectionFile.open(path, to_write=True) as file:
        inspection = Inspection(file, "INS-01")
        (conflict,) = inspection.conflicts()
        inspection.settle(conflict, conflict.sides[0])
        assert inspection.contested(inspection.case("B-03")) == frozenset()
        latest = inspection.history(inspection.case("B-03"), Slot(Aspect.ANSWER, "Qax"))[0]
        assert set(latest.before) == {"yes", "no"}
    assert asked("conflicts", path).exit_code == 0


def test_a_fork_is_listed(path: Path) -> None:
    apart(path, "copy")
    with Database.open(path) as here, Database.open(path.with_name("copy.db")) as copy:
        twin = ChainId("lead-1", 1)
        Log(here, twin, "INS-01").record("B-03", QAX)
        log = Log(copy, twin, "INS-01")
        log.record("B-03", AnswerGiven(prompt="Qax", answer=Answer.NO))
        end = read_ends(copy)[twin].seq
        Log(here, ChainId("other", 1), "LEAD-1").receive(events_after(copy, twin, end - 1, end))
    answer = asked("conflicts", path)
    assert answer.exit_code == 1
    assert "a copy of a laptop's file" in answer.stdout
    assert "Answer to Qax: no (here: yes)" in answer.stdout
    (forked,) = json.loads(asked("conflicts", path, "--json").stdout)["forked"]
    assert (forked["case"], forked["value"], forked["now"]) == ("B-03", "no", "yes")
