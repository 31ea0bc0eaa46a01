"""A program in a pseudo-terminal: press its keys, read its screen, wait for what it shows."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte
import pytest

if sys.platform == "win32":
    pytest.skip("journeys need a pseudo-terminal", allow_module_level=True)

import fcntl
import termios

LEFT_OUT = (
    "CI",
    "COLUMNS",
    "FORCE_COLOR",
    "LINES",
    "NO_COLOR",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONUNBUFFERED",
)
"""Variables of a build job that a person's shell does not have; `env` can put each of them back."""

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "escape": "\x1b",
    "space": " ",
    "backspace": "\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "insert": "\x1b[2~",
    "delete": "\x1b[3~",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    "f10": "\x1b[21~",
    "f11": "\x1b[23~",
    "f12": "\x1b[24~",
}

# Gives the child the terminal as its controlling one, so that signals and changes of size reach it. Done in a
# process of its own because forking a process that has threads, as this one has, may hang it.
STARTER = "import os, sys; os.login_tty(0); os.execvp(sys.argv[1], sys.argv[1:])"

# What pyte cannot digest: it would show parts of these as text.
STRANGE = re.compile(
    r"\x1b\[[<=>][0-?]*[ -/]*[@-~]"  # private sequences, as of the keyboard protocols
    r"|\x1b\[[0-?]*[ -/]+[@-~]"  # sequences with intermediate characters, as the shape of the cursor
    r"|\x1b[PX^_].*?\x1b\\"  # strings for the terminal itself
    r"|\x1b\].*?(?:\x07|\x1b\\)",  # titles and colours
    re.DOTALL,
)
UNFINISHED = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*|[PX^_](?:(?!\x1b\\).)*|\](?:(?!\x07|\x1b\\).)*)?\Z",
    re.DOTALL,
)
ALTERNATE = re.compile(r"\x1b\[\?(?:1049|1047|47)([hl])")


class Terminal:
    """A child process and the screen that it draws on; use it as a context manager."""

    def __init__(
        self,
        argv: Sequence[str | Path],
        *,
        columns: int = 80,
        rows: int = 24,
        env: Mapping[str, str | None] | None = None,
        cwd: Path | None = None,
    ) -> None:
        """Start the program.

        Args:
            argv: The program and its arguments.
            columns: Width of the terminal.
            rows: Height of the terminal.
            env: Variables to set beside those of this process; None takes one away.
            cwd: The folder to start in.
        """
        self._changed = threading.Condition()
        self._ended = False
        self._main = pyte.Screen(columns, rows)
        self._alternate = pyte.Screen(columns, rows)
        self._shown = self._main
        self._stream = pyte.Stream(self._main)
        self._unfinished = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._terminal, theirs = os.openpty()
        try:
            self._set_size(columns, rows)
            self._process = subprocess.Popen(
                [sys.executable, "-ISc", STARTER, *map(str, argv)],
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                env=_environment(env or {}),
                cwd=cwd,
            )
        except BaseException:
            os.close(self._terminal)
            raise
        finally:
            os.close(theirs)
        self._reader = threading.Thread(target=self._read, name="terminal reader", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # What a person does

    def press(self, *keys: str) -> None:
        """Press keys by name ("enter", "ctrl+q", "alt+x", "shift+tab") or by character ("y")."""
        for key in keys:
            self.type(_code(key))

    def type(self, text: str) -> None:
        """Type text as it is."""
        self.send(text.encode())

    def send(self, data: bytes) -> None:
        """Send bytes, as a terminal does of itself."""
        rest = data
        while rest:
            rest = rest[os.write(self._terminal, rest) :]

    def resize(self, columns: int, rows: int) -> None:
        """Give the window another size; the program is told."""
        with self._changed:
            self._main.resize(rows, columns)
            self._alternate.resize(rows, columns)
            self._set_size(columns, rows)

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send the program a signal; as it stands, the one that it cannot survive."""
        self._process.send_signal(number)

    # What a person sees

    def screen(self) -> str:
        """What is shown now: lines without the blanks at their ends."""
        with self._changed:
            return self._text()

    def line(self, number: int) -> str:
        """One line of what is shown now; 0 is the topmost, -1 the lowest."""
        with self._changed:
            return str(self._shown.display[number]).rstrip()

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row of the cursor, from 0."""
        with self._changed:
            return self._shown.cursor.x, self._shown.cursor.y

    @property
    def cursor_shown(self) -> bool:
        """Whether the cursor can be seen."""
        with self._changed:
            return not self._shown.cursor.hidden

    def colours(self) -> set[str]:
        """The colours of what is shown now: names, or six hexadecimal digits."""
        with self._changed:
            lines = self._shown.buffer.values()
            return {colour for line in lines for cell in line.values() for colour in (cell.fg, cell.bg)}

    @property
    def full_screen(self) -> bool:
        """Whether the program has taken the whole screen and not given it back yet."""
        with self._changed:
            return self._shown is self._alternate

    @property
    def raw(self) -> bool:
        """Whether keys go to the program one by one and unseen; a shell after it needs this to be False."""
        local_modes = termios.tcgetattr(self._terminal)[3]
        return not local_modes & termios.ICANON or not local_modes & termios.ECHO

    # Waiting

    def wait_for(self, wanted: str | re.Pattern[str], timeout: float = 10) -> None:
        """Wait until the text, or a match of the pattern, is on the screen.

        Raises:
            AssertionError: It did not come, or the program ended without it; the words show the screen.
        """
        self._wait(lambda: self._sees(wanted), f"not seen: {_words(wanted)}", timeout)

    def wait_gone(self, unwanted: str | re.Pattern[str], timeout: float = 10) -> None:
        """Wait until the text, or every match of the pattern, has left the screen.

        Raises:
            AssertionError: It stayed; the words show the screen.
        """
        self._wait(lambda: not self._sees(unwanted), f"still there: {_words(unwanted)}", timeout)

    def wait_exit(self, timeout: float = 10) -> int:
        """Wait until the program has ended and all that it wrote is on the screen.

        Returns:
            Its exit code; -N if signal N ended it.

        Raises:
            AssertionError: It has not ended; the words show the screen.
        """
        end = time.monotonic() + timeout
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(self._report(f"still running after {timeout:g} s")) from None
        self._reader.join(max(1.0, end - time.monotonic()))
        return code

    def close(self) -> None:
        """End the program if it still runs, with all that it started, and give the terminal back."""
        if self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # just begun: no group of its own yet
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
            self._process.wait()
        self._reader.join(2)
        if self._terminal >= 0:
            os.close(self._terminal)
            self._terminal = -1

    # Inside

    def _wait(self, holds: Callable[[], bool], complaint: str, timeout: float) -> None:
        end = time.monotonic() + timeout
        with self._changed:
            while not holds():
                if self._ended:
                    raise AssertionError(self._report(f"{complaint}; the program has ended"))
                rest = end - time.monotonic()
                if rest <= 0:
                    raise AssertionError(self._report(f"{complaint} within {timeout:g} s"))
                self._changed.wait(rest)

    def _sees(self, wanted: str | re.Pattern[str]) -> bool:
        text = self._text()
        return wanted in text if isinstance(wanted, str) else wanted.search(text) is not None

    def _text(self) -> str:
        return "\n".join(line.rstrip() for line in self._shown.display).rstrip("\n")

    def _report(self, complaint: str) -> str:
        border = "-" * self._shown.columns
        return f"{complaint}\n{border}\n{self.screen()}\n{border}"

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._terminal, 65536)
            except OSError:  # how Linux says that nobody holds the other end any more
                data = b""
            with self._changed:
                if data:
                    self._feed(self._decoder.decode(data))
                else:
                    self._ended = True
                self._changed.notify_all()
            if not data:
                return

    def _feed(self, text: str) -> None:
        text = STRANGE.sub("", self._unfinished + text)
        cut = UNFINISHED.search(text)
        self._unfinished = cut.group() if cut else ""
        text = text.removesuffix(self._unfinished)
        done = 0
        for switch in ALTERNATE.finditer(text):
            self._stream.feed(text[done : switch.start()])
            if switch.group(1) == "h":
                self._alternate.reset()
                self._show(self._alternate)
            else:
                self._show(self._main)
            done = switch.end()
        self._stream.feed(text[done:])

    def _show(self, screen: pyte.Screen) -> None:
        screen.cursor.hidden = self._shown.cursor.hidden
        self._stream.detach(self._shown)
        self._stream.attach(screen)
        self._shown = screen


def _environment(extra: Mapping[str, str | None]) -> dict[str, str]:
    whole = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    whole |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
    for name, value in extra.items():
        if value is None:
            whole.pop(name, None)
        else:
            whole[name] = value
    return whole


def _code(key: str) -> str:
    if len(key) == 1:
        return key
    if key in KEYS:
        return KEYS[key]
    if re.fullmatch(r"ctrl\+[a-z]", key):
        return chr(ord(key[-1]) - ord("a") + 1)
    if re.fullmatch(r"alt\+.", key):
        return "\x1b" + key[-1]
    raise ValueError(f"no key is called {key!r}")


def _words(wanted: str | re.Pattern[str]) -> str:
    return repr(wanted) if isinstance(wanted, str) else f"a match of {wanted.pattern!r}"
