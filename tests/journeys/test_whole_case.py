"""A case from untouched to complete by keys alone, and what others then find in the file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from builders.cases import CRC
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.domain.method.framework import Applies
from journeys import walking
from journeys.program import LARGE, SIZES, SMALL, case_in, judge, leave, open_case, ratings, start, told


@pytest.mark.parametrize(("ref", "size"), [("CS-002", LARGE), ("UW-01", SMALL)])
def test_a_case_from_untouched_to_complete(crc: Path, ref: str, size: tuple[int, int]) -> None:
    before, blank = ratings(crc), case_in(crc, ref)
    with start(crc, size=size) as terminal:
        open_case(terminal, ref)
        facts = walking.record_facts(terminal, CRC, blank, {"rosh_inspector": 2})
        terminal.wait_for(re.compile(r"│ \d\.\d\.\d "))
        case = case_in(crc, ref)
        assert facts.items() <= case.facts.items()

        recorded: dict[str, str] = {}
        reasons: dict[str, str] = {}
        questions = [
            question
            for standard in CRC.standards_for(case.sample)
            for question in standard.counted
            if CRC.applies(question.id, case.facts) is not Applies.NO
        ]
        for place, question in enumerate(questions):
            judgement = "no" if place % 2 else "yes"
            recorded |= walking.answer_page(terminal, CRC, case, question, judgement)
            if judgement == "no":
                reasons[question.id] = f"seen on file {place}"
                walking.give_reason(terminal, question, reasons[question.id])
        terminal.wait_for(walking.NOTHING_MISSING[:30])

        terminal.press("c")
        terminal.wait_for(f"{ref}: nothing is missing")
        terminal.press("enter")
        terminal.wait_for(re.compile(r"^ .*complete", re.MULTILINE))
        terminal.wait_gone("Complete the case")
        terminal.press("escape")
        terminal.wait_for(re.compile(rf"^▌?{ref} .*● complete", re.MULTILINE))
        after = ratings(crc)
        leave(terminal)

    written = case_in(crc, ref)
    assert written.complete
    for item, value in recorded.items():
        aspect = Aspect.JUDGEMENT if item in CRC.key_questions_by_id else Aspect.ANSWER
        assert written.values[Slot(aspect, item)] == value, item
    assert {item: written.reason(item) for item in reasons} == reasons
    for question in questions:
        one = "yes" if recorded[question.id] == "yes" else "no"
        assert after[question.id][one] == before[question.id][one] + 1
        assert after[question.id]["open"] == before[question.id]["open"] - 1
    lines = told("case", crc, ref)
    assert "Missing: nothing" in lines
    assert all(f"Reason: {reason}" in lines for reason in reasons.values())
    assert told("verify", crc)  # and its exit code says that all is well


@pytest.mark.parametrize("size", SIZES)
def test_board_moves_with_each_answer(tiny: Path, size: tuple[int, int]) -> None:
    with start(tiny, size=size) as terminal:
        open_case(terminal, "B-1")
        before = ratings(tiny)["La"]
        terminal.wait_for("│ Qa Is it quiet?")
        terminal.press("right", "right")
        terminal.wait_for("│ La Is more than")
        yes, judged = before["yes"], before["yes"] + before["no"]
        terminal.wait_for(re.compile(rf"^.*│ La +\S+ {before['percent']}% {yes}/{judged} ", re.MULTILINE))
        judge(terminal, "N")
        percent = (200 * yes // (judged + 1) + 1) // 2
        terminal.wait_for(
            re.compile(rf"│ La +\S+ {percent}% {yes}/{judged + 1} .*was {before['percent']}% {yes}/{judged}")
        )
        assert ratings(tiny)["La"]["no"] == before["no"] + 1
        leave(terminal)


def test_the_list_shows_how_far_a_case_is(crc: Path) -> None:
    with start(crc, size=LARGE) as terminal:
        terminal.wait_for(re.compile(r"UW-01 .* 1/21 +○ untouched"))
        open_case(terminal, "UW-01")
        terminal.press("right")
        terminal.wait_for(re.compile(r"│ 3\.1\.1 "))
        terminal.press("y")
        terminal.wait_for("[Y] a")
        terminal.press("escape")
        terminal.wait_for(re.compile(r"UW-01 .* 2/21 +◐ in progress"))
        leave(terminal)
