"""A program in a pseudo-terminal whose output is stamped as it comes out and read only afterwards.

The terminal of the journeys reads while the program still draws; here that would be part of what is timed.
"""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

from journeys.terminal import LEFT_OUT, STRANGE, UNFINISHED

ROOT = Path(__file__).resolve().parents[2]
QUIET = 0.06
"""Seconds without a byte after which what was to be drawn has been drawn."""

PATIENCE = 10
"""Seconds after which something that is waited for will not come any more."""

Look = Callable[[str], bool]
"""Whether a screen, given as its lines, shows what is waited for."""


class Window:
    """A child of this process and what it writes; use it as a context manager."""

    def __init__(self, argv: Sequence[str | Path], folder: Path, columns: int = 120, rows: int = 40) -> None:
        self._chunks: list[tuple[float, bytes]] = []
        self._read_so_far = 0
        self._unfinished = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._changed = threading.Condition()
        self._ended = False
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self._screen)
        env = _environment(folder)
        self.started = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.chdir(ROOT)
            os.execve(sys.executable, [sys.executable, *map(str, argv)], env)  # noqa: S606  # that is the point
        threading.Thread(target=self._collect, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        with self._changed:
            self._changed.wait_for(lambda: self._ended, 2)
        os.close(self._terminal)

    def press(self, keys: str) -> float:
        """Press keys; the moment at which they went in."""
        moment = time.perf_counter()
        os.write(self._terminal, keys.encode())
        return moment

    def settle(self, quiet: float = QUIET, timeout: float = 20) -> None:
        """Wait, without reading, until something has come and no more comes."""
        end = time.perf_counter() + timeout
        seen = self._read_so_far
        with self._changed:
            while time.perf_counter() < end:
                before = len(self._chunks)
                if not self._changed.wait(quiet) and before == len(self._chunks) and before > seen:
                    return
                if self._ended:
                    raise RuntimeError(f"the program has ended:\n{self.text}")

    def shown(self, *looks: Look) -> list[float]:
        """Wait until each thing has been on the screen, and say at which chunk it first was.

        Returns:
            A moment for each, and behind them the moment of the last change.

        Raises:
            RuntimeError: something was not shown.
        """
        found: dict[int, float] = {}
        last = 0.0
        end = time.perf_counter() + PATIENCE
        while True:
            last = self._look(looks, found) or last
            if len(found) == len(looks):
                return [*(found[place] for place in range(len(looks))), last]
            if time.perf_counter() > end:
                raise RuntimeError(f"not all was shown:\n{self.text}")
            time.sleep(QUIET)

    def _look(self, looks: Sequence[Look], found: dict[int, float]) -> float:
        """Read what has come out and note what it shows; the moment of the last change, 0 without any."""
        with self._changed:
            chunks = self._chunks[self._read_so_far :]
            self._read_so_far = len(self._chunks)
        last, before = 0.0, self.text
        for moment, data in chunks:
            self._feed(data)
            now = self.text
            if now == before:
                continue
            last, before = moment, now
            for place, look in enumerate(looks):
                if place not in found and look(now):
                    found[place] = moment
        return last

    def timed(self, keys: str, look: Look) -> tuple[float, float]:
        """Press keys; the milliseconds until what is waited for is shown, and until nothing changes any more."""
        moment = self.press(keys)
        self.settle()
        seen, last = self.shown(look)
        return (seen - moment) * 1000, (last - moment) * 1000

    @property
    def text(self) -> str:
        """The screen as far as it has been read."""
        return "\n".join(self._screen.display)

    @property
    def resident(self) -> float:
        """The memory that the program holds, in MiB."""
        for line in Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Rss:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("the system does not tell")

    def _collect(self) -> None:
        while True:
            try:
                data = os.read(self._terminal, 1 << 16)
            except OSError:  # how Linux says that nobody holds the other end any more
                data = b""
            moment = time.perf_counter()
            with self._changed:
                if data:
                    self._chunks.append((moment, data))
                else:
                    self._ended = True
                self._changed.notify_all()
            if not data:
                return

    def _feed(self, data: bytes) -> None:
        text = STRANGE.sub("", self._unfinished + self._decoder.decode(data))
        cut = UNFINISHED.search(text)
        self._unfinished = cut.group() if cut else ""
        self._stream.feed(text.removesuffix(self._unfinished))


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
    home = str(folder / "home")
    return kept | {
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "HOME": home,
        "XDG_CONFIG_HOME": home,
        "XDG_DATA_HOME": home,
        "XDG_STATE_HOME": home,
    }
