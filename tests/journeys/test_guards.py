"""Terminals that cannot show the screens, colours that are not wanted, sizes that are too small."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from journeys.program import PROGRAM, SMALL, assert_in_order, case_in, judge, leave, open_case, start
from journeys.terminal import Terminal


@pytest.mark.parametrize("stream", ["stdin", "stdout", "stderr"])
def test_says_so_where_a_stream_is_no_terminal(crc: Path, tmp_path: Path, stream: str) -> None:
    redirect = {"stdin": "< /dev/null", "stdout": f"> {tmp_path}/out", "stderr": f"2> {tmp_path}/out"}[stream]
    command = f'"{sys.executable}" -m fieldtool "{crc}" --as INS-01 {redirect}; echo "ended with $?"'
    with Terminal(["sh", "-c", command]) as terminal:
        assert terminal.wait_exit() == 0
        assert_in_order(terminal)
        shown = terminal.screen()
    if stream == "stderr":
        shown += (tmp_path / "out").read_text()
    assert "The screens need" in shown
    assert "ended with 2" in shown
    assert "fieldtool ratings" in shown
    assert "\x1b" not in shown


def test_says_so_in_a_pipe(crc: Path) -> None:
    done = subprocess.run([*PROGRAM, str(crc)], capture_output=True, text=True, input="y", check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"The screens need [^\x1b]+\n", done.stderr)


def test_says_so_in_a_dumb_terminal(crc: Path) -> None:
    with start(crc, env={"TERM": "dumb"}) as terminal:
        assert terminal.wait_exit() == 2
        assert "TERM=dumb" in terminal.screen()
        assert_in_order(terminal)


def test_no_colour_where_none_is_wanted(crc: Path) -> None:
    with start(crc, env={"NO_COLOR": "1"}) as terminal:
        terminal.wait_for("Last touched")
        seen = terminal.colours()
        open_case(terminal, "UW-01")
        terminal.press("right", "y")
        terminal.wait_for("[Y] a")
        seen |= terminal.colours()
        terminal.press("f2")
        terminal.wait_for("Ratings · ")
        seen |= terminal.colours()
        terminal.press("ctrl+p")
        terminal.wait_for("Search for commands")
        seen |= terminal.colours()
        terminal.press("escape")
        terminal.wait_gone("Search for commands")
        leave(terminal)
    # Those of the terminal itself, in which text and ground differ; a black on black is grey too.
    assert seen == {"default"}


def is_grey(colour: str) -> bool:
    if re.fullmatch(r"[0-9a-f]{6}", colour):
        return colour[:2] == colour[2:4] == colour[4:]
    return colour in {"default", "black", "white", "brightblack", "brightwhite"}


def test_colours_where_nothing_is_said(crc: Path) -> None:
    with start(crc) as terminal:
        terminal.wait_for("Last touched")
        assert not all(is_grey(colour) for colour in terminal.colours())
        leave(terminal)


@pytest.mark.parametrize("size", [(59, 24), (80, 14), (40, 12), (20, 4)])
def test_too_small_at_the_start(crc: Path, size: tuple[int, int]) -> None:
    with start(crc, size=size) as terminal:
        terminal.wait_for("too small")
        terminal.resize(*SMALL)
        terminal.wait_for("Last touched")
        terminal.wait_gone("too small")
        open_case(terminal, "UW-01")
        leave(terminal)


def test_too_small_in_the_midst_of_writing(crc: Path) -> None:
    with start(crc) as terminal:
        open_case(terminal, "UW-01")
        terminal.press("m")
        terminal.wait_for("Note on the case")
        terminal.wait_for("esc Back to the questions")
        terminal.type("half a sentence")
        terminal.wait_for("half a sentence")
        terminal.resize(50, 12)
        terminal.wait_for("too small")
        terminal.resize(*SMALL)
        terminal.wait_gone("too small")
        terminal.wait_for("half a sentence")
        leave(terminal)
    assert case_in(crc, "UW-01").note() == "half a sentence"


def test_leaves_from_a_terminal_that_is_too_small(crc: Path) -> None:
    with start(crc, size=(40, 10)) as terminal:
        terminal.wait_for("too small")
        leave(terminal)


def test_the_smallest_terminal_shows_everything_that_is_needed(crc: Path) -> None:
    with start(crc, size=(60, 15)) as terminal:
        open_case(terminal, "UW-01")
        terminal.press("right", "y")
        terminal.wait_for("▌[ ] b")
        judge(terminal, "N")
        terminal.wait_for("Reason for the judgement of 3.1.1")
        terminal.wait_for("esc Back to the questions")
        terminal.type("seen")
        terminal.wait_for("seen")
        leave(terminal)
    assert case_in(crc, "UW-01").reason("3.1.1") == "seen"


def test_who_are_you_is_asked_once(crc: Path) -> None:
    with start(crc, None) as terminal:
        terminal.wait_for("Who are you?")
        terminal.press("down")
        terminal.wait_for("Inspector 2")
        terminal.press("enter")
        terminal.wait_for("[Mine]")
        terminal.wait_gone("Who are you?")
        leave(terminal)
    with start(crc, None) as terminal:
        terminal.wait_for("[Mine]")
        terminal.wait_for("4 of 10")
        leave(terminal)


@pytest.mark.parametrize("key", ["c", "g", "h", "o", "ctrl+p"])
def test_leaving_works_from_every_dialog(crc: Path, key: str) -> None:
    seen = {
        "c": "things are missing",
        "g": "up, down: read",
        "h": "History: ",
        "o": "Why is TG-02 reopened?",
        "ctrl+p": "Search for commands",
    }
    with start(crc) as terminal:
        open_case(terminal, "TG-02" if key == "o" else "UW-01")
        terminal.press(key)
        terminal.wait_for(seen[key])
        leave(terminal)
