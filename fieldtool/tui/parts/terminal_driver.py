"""How an app reads the terminal on Linux and macOS: by Textual's driver, behind a filter of what is no key."""

from __future__ import annotations

import os
import selectors
import time
from collections.abc import Iterable

from textual._xterm_parser import XTermParser  # what reads sequences for Textual; it has no public name
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key

from fieldtool.tui.parts.terminal_input import ESCAPE, AtOnce, Burst, TerminalInput

_WAIT = 0.1
"""Seconds after which the thread looks whether the app has ended."""


class TerminalDriver(LinuxDriver):
    """The driver of Textual, which is handed nothing but keys, pasted text and what it asked for."""

    def run_input_thread(self) -> None:
        """Read what comes until the app ends."""
        coming, self._parser = TerminalInput(), XTermParser()
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                due = coming.wait(time.monotonic())
                if not selector.select(_WAIT if due is None else min(due, _WAIT)):
                    self._hand_on(coming.tick(time.monotonic()))
                elif data := os.read(self.fileno, 4096):
                    self._hand_on(coming.feed(data, time.monotonic()))
                else:
                    return  # the terminal is gone: nothing will ever come

    def _hand_on(self, pieces: Iterable[str]) -> None:
        for piece in pieces:
            if piece == ESCAPE:
                # The parser would wait for what may follow, which was done already.
                self.process_message(Key("escape", ESCAPE))
                continue
            try:
                messages = [*self._parser.feed(piece)]
                if isinstance(piece, AtOnce):
                    messages = [Burst(piece, [key for key in messages if isinstance(key, Key)])]
                for message in messages:
                    self.process_message(message)
            except Exception:  # whatever a terminal sends, it must not end the reading of keys
                self._parser = XTermParser()
