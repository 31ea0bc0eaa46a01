"""What a terminal sends, told apart before anybody takes it for keys: keys, pasted text, and what is neither.

A terminal answers questions about itself, reports its colours, its size and its mouse, in sequences that begin with
ESC. Textual takes what it does not know of them for keys typed one by one, and some end its reader. Here every
sequence is read to its end, and only keys and what Textual asked for are handed on. Nothing here knows a screen.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import Final

# The keys that Textual knows; it has no public name for them.
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual.constants import ESCAPE_DELAY
from textual.events import Event, Key

ESCAPE: Final = "\x1b"
"""Handed on alone, this is the escape key, pressed."""

PASTE_BEGINS, PASTE_ENDS = "\x1b[200~", "\x1b[201~"

PASTED = 6
"""So many different characters at once were not typed one by one: held keys, or answers on a slow line, are fewer."""

UNFINISHED = 0.5
"""Seconds after which a sequence that does not end is given up; a slow line may cut one in two."""

_GOES_ON = 0.05
"""Seconds within which what follows pasted text is the rest of it."""

_LONGEST = 1 << 20
"""So many bytes of pasted text are handed on before its end has come."""

_BEGIN, _END = PASTE_BEGINS.encode(), PASTE_ENDS.encode()
_PARAMETERS = re.compile(rb"[\x30-\x3f]*[\x20-\x2f]*")
_REPORT_BEGINS = re.compile(rb"\x1b(?:P(?:[0-9>!|+$=]|$)|\](?:[0-9ILl]|$)|_(?:G|$))")
_REPORT = re.compile(rb"\x1b[P\]_].*?(?:\x1b\\|\x07)", re.DOTALL)
_MOUSE_BYTES = 3
"""After `ESC [ M`: the button and the place, each any byte at all."""

_WANTED = re.compile(
    r"\x1b\[(?:I|O"  # the window has, or has not, the keyboard
    r"|<\d{1,3};\d{1,5};\d{1,5}[Mm]"  # the mouse
    r"|\?(?:2026|2048);\d\$y"  # what the terminal can do, asked by Textual
    r"|48(?:;\d{1,5}){4}t)"  # its size
)
_KITTY = re.compile(
    r"\x1b\[(?P<code>\d{1,7})?[\d:]*(?:;(?P<modifiers>\d{1,3})?(?::(?P<event>\d))?)?"
    r"(?:;(?P<text>\d[\d:]{0,60}))?(?P<end>[u~ABCDEFHPQS])"
)
_RELEASED = "3"
_C1 = re.compile("[\x80-\x9f]")


class AtOnce(str):
    """Text that came at once, as nobody types it, though the terminal did not say that it is pasted."""

    __slots__ = ()


class Burst(Event):
    """Text that came at once, with the keys that it would be if each had been typed."""

    def __init__(self, text: str, keys: Sequence[Key]) -> None:
        super().__init__()
        self.text = text
        self.keys = keys


class TerminalInput:
    """The bytes of a terminal, read in pieces as they come."""

    def __init__(self) -> None:
        self._held = b""
        """The beginning of something of which the rest has not come yet."""
        self._came_at = 0.0
        self._burst_at = -1.0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, data: bytes, now: float) -> Iterator[str]:
        """Take in what came, and hand on what is whole: keys, `ESCAPE`, `AtOnce`, pasted text in its marks.

        Args:
            now: in seconds, by a clock that never runs backwards.
        """
        yield from self.tick(now)
        data, self._held, self._came_at = self._held + data, b"", now
        at = 0
        while at < len(data):
            if data[at : at + 1] != b"\x1b":
                escape = data.find(b"\x1b", at)
                end = len(data) if escape < 0 else escape
                yield from self._text(self._decoder.decode(data[at:end]), now)
            else:
                yield from self._text(self._decoder.decode(b"", final=True), now)
                end = _end_of_sequence(data, at)
                if end == _UNKNOWN:
                    yield from self._hold(data[at:])
                    return
                yield from _handed_on(data[at:end])
            at = end

    def wait(self, now: float) -> float | None:
        """In how many seconds `tick` is due, if nothing comes; None if nothing is held."""
        return max(self._due - now, 0.0) if self._held else None

    def tick(self, now: float) -> Iterator[str]:
        """Give up what was held and did not go on: an escape key stands alone, pasted text broke off."""
        if not self._held or now < self._due:
            return
        held, self._held = self._held, b""
        if held == b"\x1b":
            yield ESCAPE
        elif held.startswith(_BEGIN):
            yield from _pasted(_text_of(held[len(_BEGIN) :]))

    @property
    def _due(self) -> float:
        return self._came_at + (ESCAPE_DELAY if self._held == b"\x1b" else UNFINISHED)

    def _hold(self, begun: bytes) -> Iterator[str]:
        """Keep what has only begun, though not without end."""
        self._held = begun
        if len(begun) <= _LONGEST:
            return
        if begun.startswith(_BEGIN):
            kept = len(_END) - 1  # of which the end may be cut in two
            yield from _pasted(_text_of(begun[len(_BEGIN) : -kept]))
            self._held = _BEGIN + begun[-kept:]
        else:
            self._held = begun[:3] + begun[-1:]

    def _text(self, text: str, now: float) -> Iterator[str]:
        """Hand on text as it was typed; or as what came at once, where nobody types like that."""
        # What Latin-1 and its kind have between the control codes and the letters is nothing that anybody types.
        text = _C1.sub("", text)
        if not text:
            return
        goes_on = now - self._burst_at < _GOES_ON and text.isprintable()
        if goes_on or _looks_pasted(text):
            self._burst_at = now
            yield AtOnce(text)
        else:
            yield text


def _looks_pasted(text: str) -> bool:
    if any(not char.isprintable() and char not in "\r\n\t" for char in text):
        return False  # a control key was among it
    return len({char for char in text if char.isprintable()}) >= PASTED


def _pasted(text: str) -> Iterator[str]:
    if text:
        yield f"{PASTE_BEGINS}{text.replace(ESCAPE, '')}{PASTE_ENDS}"


def _text_of(data: bytes) -> str:
    return data.decode("utf-8", "replace")


_UNKNOWN = -1


def _end_of_sequence(data: bytes, at: int) -> int:
    """Where a sequence ends that begins with ESC; `_UNKNOWN` if it has only begun."""
    second = data[at + 1 : at + 2]
    if second == b"\x1b":
        return at + 1
    if second == b"[":
        return _end_of_control(data, at)
    if _REPORT_BEGINS.match(data, at):
        report = _REPORT.match(data, at)
        return report.end() if report else _UNKNOWN
    if second == b"O":
        return at + 3 if len(data) > at + 2 else _UNKNOWN
    if second and second < b" " and data[at : at + 2].decode() not in ANSI_SEQUENCES_KEYS:
        return at + 1  # the escape key, and at once a control key; with alt there are none of those
    return at + 2 if second else _UNKNOWN


def _end_of_control(data: bytes, at: int) -> int:
    """Where a sequence ends that begins with ESC and `[`; `_UNKNOWN` if it has only begun."""
    if data.startswith(_BEGIN, at):
        end = data.find(_END, at)
        return _UNKNOWN if end < 0 else end + len(_END)
    if data.startswith(b"\x1b[M", at):
        end = at + 3 + _MOUSE_BYTES
        return end if len(data) >= end else _UNKNOWN
    parameters = _PARAMETERS.match(data, at + 2)
    end = parameters.end() if parameters else at + 2
    if end == len(data):
        return _UNKNOWN
    # Anything else there breaks the sequence off, and stands for itself.
    return end + 1 if 0x40 <= data[end] <= 0x7E else end


def _handed_on(sequence: bytes) -> Iterator[str]:
    """What is handed on of a whole sequence: nothing, where it is no key and nothing that Textual asked for."""
    if sequence.startswith(_BEGIN):
        yield from _pasted(_text_of(sequence[len(_BEGIN) : -len(_END)]))
        return
    text = sequence.decode("latin-1")
    if text == ESCAPE or text in ANSI_SEQUENCES_KEYS or _WANTED.fullmatch(text):
        yield text
    elif kitty := _KITTY.fullmatch(text):
        yield from _pressed(kitty)


def _pressed(kitty: re.Match[str]) -> Iterator[str]:
    """A key in the protocol of kitty, with what Textual reads of it; nothing for one that is let go."""
    code, modifiers, typed, end = (kitty[name] or "" for name in ("code", "modifiers", "text", "end"))
    if kitty["event"] == _RELEASED or (end != "u" and f"{code or 1}{end}" not in FUNCTIONAL_KEYS):
        return
    if all(map(_is_character, filter(None, (code, *typed.split(":"))))):
        yield f"\x1b[{';'.join((code, modifiers, typed)).rstrip(';')}{end}"


def _is_character(number: str) -> bool:
    return 0 < int(number) <= 0x10FFFF and not 0xD800 <= int(number) <= 0xDFFF
