"""A case: its slots, what is read off them, and its state."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from builders.cases import branch
from fieldtool.domain.method.case import Answer, Aspect, Case, Judgement, Slot
from fieldtool.domain.method.case_line import CaseState

NOTE = Slot(Aspect.NOTE, "Qax")


@pytest.mark.parametrize(
    ("slot", "text"),
    [
        (Slot(Aspect.JUDGEMENT, "2.1.3"), "judgement:2.1.3"),
        (Slot(Aspect.HOLDER), "holder:"),
        (Slot(Aspect.FACT, "a:b"), "fact:a:b"),
    ],
)
def test_a_slot_is_read_as_it_was_written(slot: Slot, text: str) -> None:
    assert str(slot) == text
    assert Slot.parse(text) == slot


@pytest.mark.parametrize("text", ["moderation:2.1", "", "no colon", ":x"])
def test_an_aspect_of_a_later_version_is_unknown_and_keeps_its_text(text: str) -> None:
    assert Slot.parse(text) == Slot(Aspect.UNKNOWN, text)


def test_what_is_read_off_a_case() -> None:
    case = branch({"stock": "tools"}, {"Qax": "not_relevant", "Qa": "no"}, {"Qa": "Doors bang."})
    assert case.facts == {"stock": "tools"}
    assert case.answer("Qax") is Answer.NOT_RELEVANT
    assert case.answer("Qay") is None
    assert case.judgement("Qa") is Judgement.NO
    assert case.judgement("Qb") is None
    assert case.reason("Qa") == "Doors bang."
    assert (case.reason("Qb"), case.note(), case.note("Qax"), case.holder) == ("", "", "", None)
    case = case.with_value(NOTE, "On the item").with_value(Slot(Aspect.NOTE), "On the case")
    case = case.with_value(Slot(Aspect.HOLDER), "anna")
    assert (case.note("Qax"), case.note(), case.holder) == ("On the item", "On the case", "anna")


def test_an_answer_under_a_number_is_no_judgement_of_it() -> None:
    case = Case(ref="A", sample="branch", values={Slot(Aspect.ANSWER, "Qa"): "yes"})
    assert case.judgement("Qa") is None


def test_setting_a_slot_leaves_the_case_before_as_it_was() -> None:
    before = branch({"stock": "books"})
    assert before.facts == {"stock": "books"}  # the facts are remembered now
    after = before.with_value(Slot(Aspect.FACT, "stock"), "tools")
    assert (before.facts, after.facts) == ({"stock": "books"}, {"stock": "tools"})
    cleared = after.with_value(Slot(Aspect.FACT, "stock"), None)
    assert cleared.facts == {}
    assert cleared == cleared.with_value(Slot(Aspect.FACT, "stock"), None)
    assert (cleared.ref, cleared.sample) == (before.ref, before.sample)


@pytest.mark.parametrize(
    ("slots", "state"),
    [
        ({}, CaseState.UNTOUCHED),
        ({Slot(Aspect.FACT, "stock"): "books", Slot(Aspect.HOLDER): "anna"}, CaseState.UNTOUCHED),
        ({Slot(Aspect.ANSWER, "Qax"): "yes"}, CaseState.IN_PROGRESS),
        ({Slot(Aspect.JUDGEMENT, "Qb"): "no"}, CaseState.IN_PROGRESS),
        ({NOTE: "x"}, CaseState.IN_PROGRESS),
        ({Slot(Aspect.REASON, "Qb"): "x"}, CaseState.IN_PROGRESS),
        ({Slot(Aspect.COMPLETION): "complete"}, CaseState.COMPLETE),
        ({Slot(Aspect.COMPLETION): "in_progress"}, CaseState.IN_PROGRESS),
    ],
)
def test_state(slots: dict[Slot, str], state: CaseState) -> None:
    case = Case(ref="A", sample="branch", values=slots)
    assert case.state is state
    assert case.complete is (state is CaseState.COMPLETE)


def test_a_case_is_frozen_and_strict() -> None:
    case = branch()
    with pytest.raises(ValidationError, match="frozen"):
        case.ref = "B"
    with pytest.raises(ValidationError, match="colour"):
        Case.model_validate({"ref": "A", "sample": "branch", "colour": "red"})
