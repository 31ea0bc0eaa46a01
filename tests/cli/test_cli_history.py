"""`fieldtool history`: who set what, when, from what, to what and why, oldest first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from builders.cases import TINY_FILE
from builders.commands import asked, refused, tiny
from builders.laptops import START, Laptop, Watch, forged
from builders.teams import invited, lead
from fieldtool.domain.kinds.assessment import AnswerGiven, CaseCompleted, CaseReopened, FactSet, JudgementMade
from fieldtool.domain.kinds.inspection import FrameworkChosen
from fieldtool.domain.kinds.sample import CaseAdded, CaseAssigned
from fieldtool.domain.log.events import ChainId
from fieldtool.domain.method.case import Answer, Aspect, Judgement, Slot
from fieldtool.frameworks.loader import load_file
from fieldtool.store.chain.log import Log
from fieldtool.store.chain.reading import read_events
from fieldtool.store.file.database import Database
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead import removals

YES = AnswerGiven(prompt="Qax", answer=Answer.YES)
NO = AnswerGiven(prompt="Qax", answer=Answer.NO)


@contextmanager
def worked(path: Path) -> Iterator[tuple[Log, Laptop]]:
    """An inspection with one case, and a colleague's laptop that knows of it."""
    with Database.create(path) as database, Laptop(None, "b", Watch(START + timedelta(hours=1))) as other:
        log = Log(database, ChainId("a", 1), "anna", Watch())
        log.record("", FrameworkChosen(framework=load_file(TINY_FILE)))
        log.record("A", CaseAdded(sample="branch"), CaseAssigned(person="anna"))
        other.log.receive(read_events(database))
        yield log, other


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.db"


def told(path: Path, *args: str) -> list[str]:
    answer = asked("history", path, *args)
    assert answer.exit_code == 0, answer.stderr
    return [re.sub("  +", "  ", line) for line in answer.stdout.splitlines()]


def data(path: Path, *args: str) -> dict[str, Any]:
    answer = asked("history", path, *args, "--json")
    assert answer.exit_code == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def test_an_answer_set_changed_taken_back_and_undone(path: Path) -> None:
    with worked(path) as (log, _):
        log.record("A", YES, NO, AnswerGiven(prompt="Qax", answer=None))
        log.undo("A")
    assert told(path, "A", "Qax") == [
        "Case A, Qax Are the doors closed softly?",
        "",
        "2020-03-02 09:00:04 +00:00  anna  Answer to Qax  set to yes",
        "2020-03-02 09:00:05 +00:00  anna  Answer to Qax  set to no, from yes",
        "2020-03-02 09:00:06 +00:00  anna  Answer to Qax  taken back, from no",
        "2020-03-02 09:00:07 +00:00  anna  Answer to Qax  undone: back to no, from nothing",
    ]
    found = data(path, "A", "Qax")
    assert (found["case"], found["item"], found["conflicts"]) == ("A", "Qax", [])
    assert [(each["from"], each["to"], each["undoes"]) for each in found["changes"]] == [
        ([], "yes", None),
        (["yes"], "no", None),
        (["no"], None, None),
        ([None], "no", "a.1.6"),
    ]
    assert found["changes"][0] == {
        "event": "a.1.4",
        "when": "2020-03-02T09:00:04.000+00:00",
        "who": "anna",
        "kind": "answer.given",
        "slot": "answer:Qax",
        "from": [],
        "to": "yes",
        "why": "",
        "undoes": None,
        "without_effect": False,
    }


def test_everything_of_a_case_and_why_it_was_reopened(path: Path) -> None:
    with worked(path) as (log, _):
        log.record("A", FactSet(fact="stock", to="tools"), FactSet(fact="stock", to=None))
        log.record("A", JudgementMade(key_question="Qa", judgement=Judgement.NO))
        log.record("A", CaseCompleted(), CaseReopened(why="a prompt was misread"))
        log.record("A", CaseAssigned(person=None), CaseAssigned(person="ben"))
    assert [line.partition("anna  ")[2] for line in told(path, "A")[2:]] == [
        "Sample type of the case  set to Branch library",
        "Who holds the case  set to anna",
        "Stock  set to Tools to borrow",
        "Stock  taken back, from Tools to borrow",
        "Judgement of Qa  set to no",
        "Whether the case is complete  completed",
        "Whether the case is complete  reopened, because: a prompt was misread",
        "Who holds the case  taken back, from anna",
        "Who holds the case  set to ben, from nobody",
    ]
    assert [each["why"] for each in data(path, "A")["changes"]][-3] == "a prompt was misread"


def test_a_conflict_and_how_it_was_settled(path: Path) -> None:
    with worked(path) as (log, other):
        log.record("A", YES)
        other.log.record("A", NO)
        log.receive(other.events)
        assert told(path, "A", "Qax")[-1] == (
            "Conflict about answer to Qax: anna said yes at 2020-03-02 09:00:04 +00:00 and person_b said no at "
            "2020-03-02 10:00:01 +00:00, without knowing of each other. Shown is no, until somebody settles it."
        )
        (conflict,) = data(path, "A")["conflicts"]
        assert conflict["slot"] == "answer:Qax"
        assert [(side["who"], side["to"], side["shown"]) for side in conflict["sides"]] == [
            ("anna", "yes", False),
            ("person_b", "no", True),
        ]
        log.record("A", YES)
        lines = told(path, "A", "Qax")
        assert lines[-1].endswith("anna  Answer to Qax  settled as yes, from no and yes")
        assert data(path, "A")["conflicts"] == []


def test_what_goes_with_an_item_is_told_with_it(path: Path) -> None:
    tiny(path)
    assert [line.partition("INS-01  ")[2] for line in told(path, "B-02", "Qa")[2:]] == [
        "Judgement of Qa  set to no",
        'Reason for the judgement of Qa  set to "@a reason"',
    ]
    assert [line.partition("INS-01  ")[2] for line in told(path, "B-02", "Qax")[2:]] == [
        "Answer to Qax  set to no",
        'Note on Qax  set to "=HYPERLINK("x") | <b>"',
    ]
    assert told(path, "B-02", "note")[0] == "Case B-02, the note on the case"
    assert told(path, "B-02", "note")[2].endswith('Note on the case  set to "-a case note"')
    assert told(path, "B-02", "borough")[2].endswith("Borough  set to =1+1")


def test_what_could_steer_a_terminal_is_made_visible(path: Path) -> None:
    tiny(path)
    answer = asked("history", path, "B-03", "Qa")
    assert "\x1b" not in answer.stdout
    assert "a second line" in answer.stdout.splitlines()[-1]


def test_nothing_recorded_is_said(path: Path) -> None:
    tiny(path)
    assert told(path, "B-04", "Qax") == [
        "Case B-04, Qax Are the doors closed softly?",
        "",
        "Nothing was recorded here yet.",
    ]
    assert data(path, "B-04", "Qax")["changes"] == []


def test_events_that_this_version_cannot_read_are_told_too(path: Path) -> None:
    with worked(path) as (log, _):
        first = forged("{}", "rating.moderated", "moderation:Q")
        log.receive(
            [first, forged('{"prompt":"Qax","answer":"perhaps"}', "answer.given", "answer:Qax", after=first)]
        )
    assert [line.partition("zoe  ")[2] for line in told(path, "A")[2:4]] == [
        "unknown moderation:Q  something that this version cannot read (rating.moderated): kept, without effect here",
        "Answer to Qax  something that this version cannot read (answer.given): kept, without effect here",
    ]
    assert [each["without_effect"] for each in data(path, "A")["changes"]] == [True, True, False, False]


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["B-2"], "There is no case B-2 in this inspection: did you mean B-02?"),
        (["b-3"], "There is no case b-3 in this inspection: did you mean B-03?"),
        (["zebra"], "There is no case zebra in this inspection: see `fieldtool progress`."),
        (["B-02", "Qaxx"], "Qaxx is no prompt, key question or case fact: did you mean Qax?"),
        (["B-02", "Borough"], "Borough is no prompt, key question or case fact: did you mean borough?"),
        (["B-02", "notes"], "notes is no prompt, key question or case fact: did you mean note?"),
        (
            ["B-02", "zebra"],
            "zebra is no prompt, key question or case fact: see `fieldtool case`, or leave it out.",
        ),
    ],
)
def test_what_is_not_there_is_one_sentence_with_what_comes_nearest(
    path: Path, args: list[str], sentence: str
) -> None:
    tiny(path)
    assert refused(asked("history", path, *args)) == sentence


def test_the_app_and_the_command_tell_the_same(path: Path) -> None:
    tiny(path)
    with InspectionFile.open(path, to_write=False) as file:
        inspection = Inspection(file)
        case = inspection.case("B-02")
        slot = Slot(Aspect.NOTE, "Qax")
        whole = [each for each in inspection.whole_history(case) if each.slot == slot]
        assert list(inspection.history(case, slot)) == whole[::-1]


def test_after_a_removal_it_says_what_the_case_says(path: Path) -> None:
    with lead(path) as lea, invited(lea, "anna") as anna:
        lea.answer(answer=Answer.YES)
        anna.log.receive(lea.events)
        lea.log.receive(anna.events)
        removals.propose_laptop(lea.lead, anna.membership.key, "lost").carry_out()
        anna.answer(answer=Answer.NO)
        lea.log.receive(anna.events)
        lea.answer(answer=Answer.NOT_RELEVANT)
        inspection = lea.lead.inspection
        case = inspection.case("A")
        slot = Slot(Aspect.ANSWER, "Qax")
        assert case.values[slot] == "not_relevant"
        whole = [each for each in inspection.whole_history(case) if each.slot == slot]
        assert [(each.value, each.stands, each.shown) for each in whole] == [
            ("yes", False, False),
            ("no", False, False),
            ("not_relevant", True, True),
        ]
    history = data(path, "A", "Qax")
    assert [each["to"] for each in history["changes"]] == ["yes", "no", "not_relevant"]
    assert history["conflicts"] == []
    assert any("counts nowhere" in line for line in told(path, "A", "Qax"))
