"""What else the keys of a case do: take back, undo, look up, jump, close and reopen, in the real program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fieldtool.domain.method.case import Answer, Judgement
from journeys.program import LARGE, SIZES, case_in, leave, open_case, ratings, start, told
from journeys.terminal import Terminal


def open_page(terminal: Terminal, ref: str, number: str, steps: int) -> None:
    """Open a case and go so many pages on."""
    open_case(terminal, ref)
    for _ in range(steps):
        terminal.press("right")
    terminal.wait_for(f"│ {number} ")


@pytest.mark.parametrize("size", SIZES)
def test_take_back_undo_and_history(crc: Path, size: tuple[int, int]) -> None:
    with start(crc, size=size) as terminal:
        open_page(terminal, "UW-01", "3.1.1", 1)
        terminal.press("y")
        terminal.wait_for("[Y] a")
        terminal.press("up", "n")
        terminal.wait_for("[N] a")
        terminal.press("u")
        terminal.wait_for("[Y] a")
        terminal.wait_for("undone")
        terminal.press("backspace")
        terminal.wait_for("[ ] a")
        assert case_in(crc, "UW-01").answer("3.1.1.a") is None
        terminal.press("u")
        terminal.wait_for("[Y] a")
        terminal.press("h")
        terminal.wait_for("History: Answer to 3.1.1.a")
        terminal.wait_for(
            re.compile(r"INS-01 +undone: back to yes.*INS-01 +taken back.*INS-01 +set to yes", re.DOTALL)
        )
        terminal.press("escape")
        terminal.wait_gone("History: ")
        terminal.press("u")
        terminal.wait_for("[ ] a")
        terminal.press("u")
        terminal.wait_for("nothing left to undo")
        leave(terminal)
    assert case_in(crc, "UW-01").answer("3.1.1.a") is None


@pytest.mark.parametrize("size", SIZES)
def test_guidance_ratings_palette_and_help(crc: Path, size: tuple[int, int]) -> None:
    with start(crc, size=size) as terminal:
        open_page(terminal, "UW-01", "3.1.1", 1)
        terminal.press("g")
        terminal.wait_for("up, down: read")
        terminal.wait_for("3.1 Unpaid work")
        terminal.press("escape")
        terminal.wait_gone("up, down: read")
        terminal.press("f2")
        terminal.wait_for("Ratings · Visit 7 · all cases")
        terminal.press("a")
        terminal.wait_for("Ratings · Visit 7 · complete cases only")
        terminal.press("escape")
        terminal.wait_for("│ 3.1.1 ")
        terminal.press("f1")
        terminal.wait_for("The page of a key")
        terminal.press("f1")
        terminal.wait_gone("The page of a key")
        terminal.press("ctrl+p")
        terminal.wait_for("Search for commands")
        terminal.type("history")
        terminal.wait_for("Who set this, when")
        terminal.wait_gone("Where every standard stands")
        terminal.press("enter")
        terminal.wait_for("History: Answer to 3.1.1.a")
        terminal.press("escape")
        terminal.wait_gone("History: ")
        leave(terminal)


@pytest.mark.parametrize("size", SIZES)
def test_filter_and_groups(crc: Path, size: tuple[int, int]) -> None:
    with start(crc, size=size) as terminal:
        terminal.wait_for("[Mine]")
        terminal.wait_for("6 of 10")
        terminal.press("tab")
        terminal.wait_for("[All]")
        terminal.wait_for("TG-01")
        terminal.type("UNtouched")
        terminal.wait_for("3 of 10")
        terminal.wait_gone("CS-001")
        terminal.press("shift+tab")
        terminal.wait_for("2 of 10")
        terminal.press("escape")
        terminal.wait_for("6 of 10")
        terminal.press("tab", "tab")
        terminal.wait_for("[Supervision]")
        terminal.wait_for("5 of 10")
        terminal.type("no such")
        terminal.wait_for("0 of 10")
        terminal.press("enter", "backspace", "escape")
        terminal.wait_for("5 of 10")
        leave(terminal)


def test_case_of_another_inspector_can_only_be_read(crc: Path) -> None:
    with start(crc, size=LARGE) as terminal:
        terminal.wait_for("[Mine]")
        terminal.press("tab")
        terminal.wait_for("[All]")
        before = case_in(crc, "TG-01")
        open_page(terminal, "TG-01", "3.2.1", 1)
        terminal.wait_for("held by INS-02")
        terminal.press("y", "n", "N", "backspace", "u", "m", "r", "3", "o")
        terminal.press("h")
        terminal.wait_for("Nothing was recorded here yet")
        terminal.press("escape")
        terminal.wait_gone("Nothing was recorded here yet")
        assert "[Y]" not in terminal.screen()
        leave(terminal)
    assert case_in(crc, "TG-01") == before


def test_reopening_asks_why(crc: Path) -> None:
    with start(crc) as terminal:
        open_case(terminal, "TG-02")
        terminal.wait_for("complete")
        terminal.press("right", "y")
        terminal.press("o")
        terminal.wait_for("Why is TG-02 reopened?")
        terminal.press("enter")
        terminal.wait_gone("Why is TG-02 reopened?")
        assert case_in(crc, "TG-02").complete
        terminal.press("o")
        terminal.wait_for("Why is TG-02 reopened?")
        terminal.type("A letter came later")
        terminal.press("enter")
        terminal.wait_gone("Why is TG-02 reopened?")
        terminal.wait_for("saved")
        assert not case_in(crc, "TG-02").complete
        terminal.press("escape")
        terminal.wait_for(re.compile(r"TG-02 .*in progress"))
        leave(terminal)


def test_facts_close_questions_and_bring_their_answers_back(crc: Path) -> None:
    """Low risk of serious harm closes the questions of keeping others safe; answers only stop counting."""
    before = ratings(crc)["2.2.3"]
    case = case_in(crc, "CS-005")
    assert case.judgement("2.2.3") is Judgement.YES or case.judgement("2.2.3") is Judgement.NO
    with start(crc, size=LARGE) as terminal:
        terminal.wait_for("[Mine]")
        open_case(terminal, "CS-005")
        terminal.wait_for("│ 2.3.1 ")
        terminal.press(*["left"] * 7)
        terminal.wait_for("Facts of the case")
        terminal.press("down", "down", "down")
        terminal.wait_for(re.compile(r"▌Risk of serious harm: as the.*\n.*▌inspector judges it"))
        terminal.press("1")
        terminal.wait_for(re.compile(r"– 2\.2\.3 "))
        after = ratings(crc)["2.2.3"]
        assert after["yes"] + after["no"] == before["yes"] + before["no"] - 1
        assert case_in(crc, "CS-005").judgement("2.2.3") is case.judgement("2.2.3")
        terminal.press("up", "2")
        terminal.wait_gone(re.compile(r"– 2\.2\.3 "))
        assert ratings(crc)["2.2.3"] == before
        leave(terminal)
    assert "2.2.3" in told("case", crc, "CS-005")


def test_note_on_a_prompt_and_on_the_case(crc: Path) -> None:
    with start(crc, size=LARGE) as terminal:
        open_page(terminal, "UW-01", "3.1.1", 1)
        for text in ("Seen on the first page.", " And on the second."):
            terminal.press("m")
            terminal.wait_for("Note on 3.1.1.a")
            terminal.wait_for("esc Back to the questions")
            terminal.type(text)
            terminal.press("escape")
            terminal.wait_gone("esc Back to the questions")
        terminal.wait_for("Note: Seen on the first page. And on the second.")
        terminal.press("left", "m")
        terminal.wait_for("Note on the case")
        terminal.wait_for("esc Back to the questions")
        terminal.type("Two lines")
        terminal.press("enter")
        terminal.type("of it ü 你好")
        terminal.press("escape")
        terminal.wait_gone("esc Back to the questions")
        leave(terminal)
    case = case_in(crc, "UW-01")
    assert case.note("3.1.1.a") == "Seen on the first page. And on the second."
    assert case.note() == "Two lines\nof it ü 你好"
    assert case.answer("3.1.1.a") is None
    assert Answer.YES not in case.values.values()


def test_keys_that_come_in_one_burst_go_where_each_belongs(crc: Path) -> None:
    with start(crc) as terminal:
        open_page(terminal, "UW-01", "3.1.1", 1)
        terminal.type("ynm")
        terminal.wait_for("Back to the questions")
        terminal.type("half a note, yes or no")
        terminal.wait_for("half a note, yes or no")
        terminal.press("escape")
        terminal.wait_gone("esc Back to the questions")
        leave(terminal)
    case = case_in(crc, "UW-01")
    assert (case.answer("3.1.1.a"), case.answer("3.1.1.b")) == (Answer.YES, Answer.NO)
    assert case.answer("3.1.1.c") is None
    assert case.note("3.1.1.c") == "half a note, yes or no"


def test_caps_lock_for_a_whole_page_judges_nothing(crc: Path) -> None:
    with start(crc) as terminal:
        open_page(terminal, "UW-01", "3.1.1", 1)
        for key in "YNYXYN":
            terminal.press(key)
            terminal.press("escape")
            terminal.wait_gone("all the same")
        terminal.press("Y")
        terminal.wait_for("3 prompts of 3.1.1 are not answered.")
        terminal.press("enter")
        terminal.wait_gone("all the same")
        terminal.press("y")
        terminal.wait_for("[Y] a")
        leave(terminal)
    case = case_in(crc, "UW-01")
    assert case.judgement("3.1.1") is None
    assert case.answer("3.1.1.a") is Answer.YES


def test_a_judgement_stays_in_sight(crc: Path) -> None:
    with start(crc, size=LARGE) as terminal:
        open_page(terminal, "UW-01", "3.1.1", 1)
        terminal.press("y", "y", "y")
        terminal.wait_for("[Y] c")
        terminal.press("up", "Y")
        terminal.wait_for("▌[Y] Judgement")
        terminal.press("N")
        terminal.wait_for("Reason for the judgement of 3.1.1")
        leave(terminal)
    assert case_in(crc, "UW-01").judgement("3.1.1") is Judgement.NO


def test_help_is_read_on_and_closed_before_anything_else(crc: Path) -> None:
    with start(crc) as terminal:
        open_page(terminal, "UW-01", "3.1.1", 1)
        terminal.wait_for("esc Back")
        terminal.wait_for("f1 Help")
        terminal.press("f1")
        terminal.wait_for("The page of a key question")
        terminal.press("pagedown")
        terminal.wait_for("judged for the inspection")
        terminal.press("escape")
        terminal.wait_gone("judged for the inspection")
        terminal.wait_for("│ 3.1.1 ")
        terminal.press("escape")
        terminal.wait_for("Reference")
        leave(terminal)
