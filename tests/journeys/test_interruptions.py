"""Killed, told to leave, crashed: what was acknowledged is in the file, and the terminal is in order."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import pytest

from fieldtool.domain.method.case import Answer, Case
from journeys.program import (
    assert_in_order,
    being_written,
    case_in,
    leave,
    open_case,
    start,
    start_patched,
    told,
    until,
)
from journeys.terminal import Terminal

NOTE = "The plan was seen, and the person has signed it."
FAST = "Typed as fast as anybody can, and the power went before the moment was over: " + "abc " * 40


def begin_note(terminal: Terminal) -> None:
    """Answer two prompts of UW-01 and begin a note on the third."""
    open_case(terminal, "UW-01")
    terminal.press("right")
    terminal.wait_for("│ 3.1.1 ")
    terminal.press("y", "n")
    terminal.wait_for("[N] b")
    terminal.press("m")
    terminal.wait_for("Note on 3.1.1.c")
    terminal.wait_for("esc Back to the questions")


def answers_of(case: Case) -> list[Answer | None]:
    return [case.answer(f"3.1.1.{letter}") for letter in "abc"]


def test_kill_after_the_news_loses_nothing(crc: Path) -> None:
    with start(crc) as terminal:
        begin_note(terminal)
        terminal.type(NOTE)
        terminal.wait_for("signed it.")
        until(lambda: being_written(crc, "UW-01") == [NOTE], "the draft is on the disk")
        terminal.wait_for(re.compile(r"^ UW-01 .* saved ", re.MULTILINE))
        terminal.kill()
        assert terminal.wait_exit() == -signal.SIGKILL
    assert answers_of(case_in(crc, "UW-01")) == [Answer.YES, Answer.NO, None]
    with start(crc) as terminal:
        open_case(terminal, "UW-01")
        terminal.press("right")
        terminal.wait_for("[Y] a")
        terminal.wait_for("[N] b")
        terminal.wait_for("Note: The plan was seen")
        leave(terminal)
    assert case_in(crc, "UW-01").note("3.1.1.c") == NOTE
    assert being_written(crc, "UW-01") == []


def test_kill_while_typing_keeps_a_beginning_of_the_text(crc: Path) -> None:
    with start(crc) as terminal:
        begin_note(terminal)
        terminal.type(NOTE)
        until(lambda: being_written(crc, "UW-01") == [NOTE], "the draft is on the disk")
        terminal.type(FAST)
        terminal.kill()
        terminal.wait_exit()
    with start(crc) as terminal:
        open_case(terminal, "UW-01")
        leave(terminal)
    case = case_in(crc, "UW-01")
    note = case.note("3.1.1.c")
    assert note.startswith(NOTE)
    assert (NOTE + FAST).startswith(note)
    assert answers_of(case) == [Answer.YES, Answer.NO, None]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_leave(crc: Path, number: signal.Signals) -> None:
    with start(crc) as terminal:
        begin_note(terminal)
        terminal.type(NOTE)
        terminal.wait_for("signed it.")
        terminal.kill(number)
        assert terminal.wait_exit() == 0
        assert_in_order(terminal)
    assert case_in(crc, "UW-01").note("3.1.1.c") == NOTE
    assert being_written(crc, "UW-01") == []


def test_told_to_leave_in_the_midst_of_a_dialog(crc: Path) -> None:
    with start(crc) as terminal:
        open_case(terminal, "UW-01")
        terminal.press("c")
        terminal.wait_for("things are missing")
        terminal.kill(signal.SIGTERM)
        assert terminal.wait_exit() == 0
        assert_in_order(terminal)


def test_leaving_with_ctrl_q_while_writing_keeps_the_text(crc: Path) -> None:
    with start(crc) as terminal:
        begin_note(terminal)
        terminal.type(NOTE)
        terminal.wait_for("signed it.")
        leave(terminal)
    assert case_in(crc, "UW-01").note("3.1.1.c") == NOTE


def test_crash_says_so_and_keeps_what_was_acknowledged(crc: Path) -> None:
    crash = """
        import fieldtool.work.inspection
        answer = fieldtool.work.inspection.Inspection.answer
        def crashing(self, case, prompt, given):
            if prompt == "3.1.1.c":
                raise RuntimeError("made to crash")
            return answer(self, case, prompt, given)
        fieldtool.work.inspection.Inspection.answer = crashing
    """
    with start_patched(crash, crc) as terminal:
        open_case(terminal, "UW-01")
        terminal.press("right")
        terminal.wait_for("│ 3.1.1 ")
        terminal.press("y", "n")
        terminal.wait_for("[N] b")
        terminal.press("y")
        assert terminal.wait_exit() not in (0, -signal.SIGSEGV)
        assert "made to crash" in terminal.screen()
        assert_in_order(terminal)
    assert answers_of(case_in(crc, "UW-01")) == [Answer.YES, Answer.NO, None]
    assert told("verify", crc)
