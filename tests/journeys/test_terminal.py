"""The harness itself: what a child draws is seen, what is pressed arrives, what never comes is reported."""

from __future__ import annotations

import re
import signal
import sys
import textwrap
from pathlib import Path

import pytest

from journeys.terminal import Terminal

RAW = """
import os, sys, termios, tty
before = termios.tcgetattr(0)
tty.setraw(0)
def show(text):
    os.write(1, text.encode())
"""


def python(program: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(program)]


def test_shows_what_is_written_and_gives_the_exit_code() -> None:
    with Terminal(python("print('one'); print('  two é'); raise SystemExit(3)")) as terminal:
        assert terminal.wait_exit() == 3
        assert terminal.screen() == "one\n  two é"
        assert terminal.line(1) == "  two é"
        assert terminal.line(-1) == ""
        assert terminal.cursor == (0, 2)


def test_places_text_and_cursor_where_the_program_puts_them() -> None:
    with Terminal(python(r"print('\x1b[2J\x1b[5;10Hhere', end='')")) as terminal:
        terminal.wait_for("here")
        assert terminal.line(4) == " " * 9 + "here"
        assert terminal.cursor == (13, 4)


def test_has_the_size_asked_for_and_tells_of_a_new_one() -> None:
    program = """
        import os, signal
        def tell(*_):
            size = os.get_terminal_size()
            os.write(1, f"{size.columns} by {size.lines}\\n".encode())
        signal.signal(signal.SIGWINCH, tell)
        tell()
        while True:
            signal.pause()
    """
    with Terminal(python(program), columns=70, rows=20) as terminal:
        terminal.wait_for("70 by 20")
        terminal.resize(120, 40)
        terminal.wait_for("120 by 40")
        assert terminal.line(39) == ""


@pytest.mark.parametrize(
    ("keys", "received"),
    [
        (("y",), "79"),
        (("é",), "c3a9"),
        (("enter",), "0d"),
        (("tab", "shift+tab"), "091b5b5a"),
        (("ctrl+q",), "11"),
        (("ctrl+c",), "03"),
        (("alt+x",), "1b78"),
        (("escape",), "1b"),
        (("up", "down"), "1b5b411b5b42"),
        (("f1",), "1b4f50"),
    ],
)
def test_keys_arrive(keys: tuple[str, ...], received: str) -> None:
    program = (
        RAW
        + f"""
show("ready")
got = b""
while len(got) < {len(received) // 2}:
    got += os.read(0, 100)
show("\\r\\ngot " + got.hex())
"""
    )
    with Terminal([sys.executable, "-c", program]) as terminal:
        terminal.wait_for("ready")
        terminal.press(*keys)
        terminal.wait_for(re.compile(rf"^got {received}$", re.MULTILINE))


def test_text_can_be_typed() -> None:
    with Terminal(python("print('hello', input('name? '))")) as terminal:
        terminal.wait_for("name?")
        terminal.type("Ada Lovelace\r")
        terminal.wait_for("hello Ada Lovelace")
        assert terminal.wait_exit() == 0


def test_a_key_without_a_name_is_refused() -> None:
    with Terminal(python("input()")) as terminal, pytest.raises(ValueError, match="no key is called 'entre'"):
        terminal.press("entre")


def test_what_never_comes_is_reported_with_the_screen() -> None:
    with Terminal(python("print('something else'); input()")) as terminal:
        terminal.wait_for("something else")
        with pytest.raises(AssertionError, match=r"(?s)not seen: 'the thing' within 0.05 s.*something else"):
            terminal.wait_for("the thing", timeout=0.05)
        with pytest.raises(
            AssertionError, match=r"(?s)still there: 'something' within 0.05 s.*something else"
        ):
            terminal.wait_gone("something", timeout=0.05)
        with pytest.raises(AssertionError, match=r"(?s)still running after 0.05 s.*something else"):
            terminal.wait_exit(timeout=0.05)


def test_waiting_stops_when_the_program_has_ended() -> None:
    with (
        Terminal(python("print('last words')")) as terminal,
        pytest.raises(
            AssertionError, match=r"(?s)not seen: a match of 'x\+'; the program has ended.*last words"
        ),
    ):
        terminal.wait_for(re.compile("x+"), timeout=60)


def test_waits_until_text_is_gone() -> None:
    with Terminal(python(r"print('now'); input(); print('\x1b[2J\x1b[Hthen')")) as terminal:
        terminal.wait_for("now")
        terminal.press("enter")
        terminal.wait_gone("now")
        terminal.wait_for("then")


def test_the_alternate_screen_comes_and_goes() -> None:
    program = (
        RAW
        + r"""
show("shell\r\n\x1b[?1049h\x1b[?25l\x1b[Happ")
os.read(0, 1)
show("\x1b[?1049l\x1b[?25hbye")
termios.tcsetattr(0, termios.TCSADRAIN, before)
"""
    )
    with Terminal([sys.executable, "-c", program]) as terminal:
        terminal.wait_for("app")
        assert terminal.screen() == "app"
        assert (terminal.full_screen, terminal.raw, terminal.cursor_shown) == (True, True, False)
        terminal.press("q")
        assert terminal.wait_exit() == 0
        assert terminal.screen() == "shell\nbye"
        assert (terminal.full_screen, terminal.raw, terminal.cursor_shown) == (False, False, True)


def test_a_terminal_left_raw_is_noticed() -> None:
    with Terminal([sys.executable, "-c", RAW + "show('up'); os.read(0, 1)"]) as terminal:
        terminal.wait_for("up")
        terminal.kill(signal.SIGTERM)
        assert terminal.wait_exit() == -signal.SIGTERM
        assert terminal.raw


def test_sequences_for_newer_terminals_leave_no_trace_even_when_cut_in_two() -> None:
    program = (
        RAW
        + r"""
parts = ["a\x1b[>1u\x1b[?2026$pb\x1b[<uc\x1b[2 q", "d\x1b]0;a ti", "tle\x07e\x1bP+q54"]
parts += ["4e\x1b\\f\x1b[", "1mg\x1b", "[0mh"]
for part in parts:
    show(part)
    termios.tcdrain(1)
    os.read(0, 1)
show(".")
"""
    )
    with Terminal([sys.executable, "-c", program]) as terminal:
        for seen in ["abc", "abcd", "abcde", "abcdef", "abcdefg", "abcdefgh"]:
            terminal.wait_for(re.compile(rf"^{seen}$"))
            terminal.press("x")
        terminal.wait_for("abcdefgh.")


def test_kill_is_a_power_cut() -> None:
    with Terminal(python("print('up', flush=True); input()")) as terminal:
        terminal.wait_for("up")
        terminal.kill()
        assert terminal.wait_exit() == -signal.SIGKILL


def test_the_child_has_a_persons_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setenv("NOT_WANTED", "1")
    program = """
        import os
        print(*map(os.environ.get, ["NO_COLOR", "PYTHONDONTWRITEBYTECODE", "NOT_WANTED"]))
        print(os.environ["EXTRA"], os.environ["TERM"], os.path.basename(os.getcwd()))
        print(os.isatty(0), os.isatty(1), os.tcgetpgrp(0) == os.getpid())
    """
    folder = tmp_path / "here"
    folder.mkdir()
    with Terminal(python(program), env={"EXTRA": "yes", "NOT_WANTED": None}, cwd=folder) as terminal:
        assert terminal.wait_exit() == 0
        assert terminal.screen() == "None None None\nyes xterm-256color here\nTrue True True"


def test_a_program_that_is_not_there_ends_with_words_on_the_screen() -> None:
    with Terminal(["no-such-program"]) as terminal:
        assert terminal.wait_exit() == 1
        assert "No such file" in terminal.screen()
