"""Bytes that are no key, in a real terminal: nothing is answered, opened or typed, and nothing ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from fieldtool.work.inspection_file import InspectionFile
from journeys.program import assert_in_order, leave, open_case, start, start_patched
from journeys.terminal import Terminal

HANDED = Path(__file__).parents[1] / "cases" / "terminal"
SENT = {
    **{path.stem: path.read_bytes() for path in sorted(HANDED.glob("*_re*.bin"))},
    "an old report of the mouse": b"\x1b[M \xff\xff",
    "a mode": b"\x1b[?12;2$y",
    "a colour": b"\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
    "a name": b"\x1bP>|nyny(390)\x1b\\",
    "text pasted without a mark": b"not seen, no exit interview yet",
}


def events_in(path: Path) -> int:
    """How many events the file has."""
    with InspectionFile.open(path, to_write=False) as file:
        return int(file.database.rows("SELECT count(*) FROM event")[0][0])


def nothing_happens(terminal: Terminal, path: Path) -> None:
    """Send all of it; the help that comes and goes by a key then shows that it was read."""
    before = events_in(path)
    for sent in SENT.values():
        terminal.send(sent)
    terminal.press("f1")
    terminal.wait_for("One row up")
    terminal.press("f1")
    terminal.wait_gone("One row up")
    assert events_in(path) == before
    assert "escape: " not in terminal.screen(), "a dialog or an editor was opened"


@pytest.mark.parametrize("steps", [0, 1], ids=["facts", "prompts"])
def test_nothing_is_answered_opened_or_typed_on_a_page_of_a_case(crc: Path, steps: int) -> None:
    with start(crc) as terminal:
        open_case(terminal, "UW-01")
        for _ in range(steps):
            terminal.press("right")
        if steps:
            terminal.wait_for("3.1.1")
        nothing_happens(terminal, crc)
        leave(terminal)


def test_pasted_text_answers_nothing_and_says_so(crc: Path) -> None:
    with start(crc) as terminal:
        open_case(terminal, "UW-01")
        terminal.press("right")
        terminal.wait_for("3.1.1")
        before = events_in(crc)
        terminal.send(b"not seen, no exit interview yet")
        terminal.wait_for("PASTED TEXT NOT TAKEN")
        assert events_in(crc) == before
        leave(terminal)


def test_in_a_note_text_is_pasted_and_reports_are_not_typed(crc: Path) -> None:
    with start(crc) as terminal:
        open_case(terminal, "UW-01")
        terminal.press("right")
        terminal.wait_for("3.1.1")
        terminal.press("m")
        terminal.wait_for("Back to the questions")
        terminal.type("caf")
        terminal.send(b"\xe9 ")
        for sent in SENT.values():
            terminal.send(sent)
        terminal.press("end")
        terminal.wait_for("caf\N{REPLACEMENT CHARACTER} not seen, no exit interview yet")
        terminal.press("escape")
        terminal.wait_gone("escape: done")
        leave(terminal)


@pytest.mark.parametrize(
    "sent", [b"\xe9", b"\x1b[121;1:3u", b"\x1b[M\xff\xff\xff", b"\x1b[99999999u"], ids=repr
)
def test_what_ended_the_program_does_not(crc: Path, sent: bytes) -> None:
    with start(crc) as terminal:
        open_case(terminal, "UW-01")
        terminal.send(sent)
        leave(terminal)


def test_a_bug_in_the_reading_of_keys_is_told_to_the_shell(crc: Path) -> None:
    patch = """
        from fieldtool.tui.parts.terminal_input import TerminalInput
        TerminalInput.feed = lambda self, data, now: 1 / 0
    """
    with start_patched(patch, crc) as terminal:
        terminal.wait_for("Reference")
        terminal.press("y")
        assert terminal.wait_exit() == 1
        assert_in_order(terminal)
