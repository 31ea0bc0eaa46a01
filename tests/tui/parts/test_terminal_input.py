"""What a terminal sends: keys arrive, pasted text is pasted, and nothing else is ever taken for a key."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual._xterm_parser import XTermParser
from textual.events import Key, MouseEvent, Paste

from fieldtool.tui.parts.terminal_input import ESCAPE, UNFINISHED, AtOnce, Burst, TerminalInput

HANDED = Path(__file__).parents[2] / "cases" / "terminal"
FUZZED = 100_000 if os.environ.get("FIELDTOOL_LARGE") else 3_000
"""Made-up sequences that are tried; FIELDTOOL_LARGE=1 tries as many as the issue that asked for them."""


def messages(*pieces: bytes, gap: float = 0.001) -> Iterator[object]:
    """What Textual makes of pieces that come one after the other, and then of nothing more for long."""
    coming, parser, now = TerminalInput(), XTermParser(), 0.0
    for piece in pieces:
        now += gap
        yield from _read(parser, coming.feed(piece, now))
    yield from _read(parser, coming.tick(now + UNFINISHED))


def _read(parser: XTermParser, pieces: Iterator[str]) -> Iterator[object]:
    for piece in pieces:
        if piece == ESCAPE:
            yield Key("escape", ESCAPE)
        elif isinstance(piece, AtOnce):
            yield Burst(piece, [])
        else:
            yield from parser.feed(piece)


def taken(*pieces: bytes, gap: float = 0.001) -> list[str]:
    """The keys that are pressed, and in brackets the texts that are pasted."""
    told = []
    for message in messages(*pieces, gap=gap):
        if isinstance(message, Key):
            told.append(message.key)
        elif isinstance(message, Paste | Burst):
            told.append(f"[{message.text}]")
    return told


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        (b"y", ["y"]),
        ("é".encode(), ["é"]),
        (b"\r", ["enter"]),
        (b"\x11", ["ctrl+q"]),
        (b"\x1b", ["escape"]),
        (b"\x1b\x1b", ["escape", "escape"]),
        (b"\x1b\x11", ["escape", "ctrl+q"]),
        (b"\x1b[A", ["up"]),
        (b"\x1bOA", ["up"]),
        (b"\x1bOP", ["f1"]),
        (b"\x1b[15~", ["f5"]),
        (b"\x1b[1;5C", ["ctrl+right"]),
        (b"\x1b[Z", ["shift+tab"]),
        (b"\x1b[3~", ["delete"]),
        (b"\x1b[121u", ["y"]),
        (b"\x1b[121;1u", ["y"]),
        (b"\x1b[121;1:1u", ["y"]),
        (b"\x1b[121;1:2;121u", ["y"]),
        (b"\x1b[121:89;2;89u", ["Y"]),
        (b"\x1b[113;5u", ["ctrl+q"]),
        (b"\x1b[27u", ["escape"]),
        (b"yyyyyyyyyyyyyyyy", ["y"] * 16),
        (b"ynynynynyn", list("ynynynynyn")),
        (b"ynxYNynx", ["y", "n", "x", "Y", "N", "y", "n", "x"]),
        (b"y\x1b[By\x1b[By\x1b[B", ["y", "down"] * 3),
    ],
)
def test_keys_are_keys_whole_and_in_pieces(sent: bytes, keys: list[str]) -> None:
    assert taken(sent) == keys
    assert taken(*(bytes([byte]) for byte in sent)) == keys


REPORTS = [
    *(path.read_bytes() for path in sorted(HANDED.glob("*_re*.bin"))),
    b"\x1b[?64;1;2c",
    b"\x1b[>0;276;0c",
    b"\x1b[?997;2n",
    b"\x1b[?2026;2$y",
    b"\x1b[?12;2$y",
    b"\x1b[4;768;1024t",
    b"\x1b[8;24;80t",
    b"\x1b[0n",
    b"\x1b[12;40R",
    b"\x1b[1;1R",
    b"\x1b[?1u",
    b"\x1b[M !!",
    b"\x1b[M\x20\xc3\xff",
    b"\x1b[32;40;12M",
    b"\x1b[<0;200;50M",
    b"\x1b[I",
    b"\x1b]11;rgb:0000/0000/0000\x1b\\",
    b"\x1b]10;rgb:ffff/ffff/ffff\x07",
    b"\x1b]52;c;eW55bg==\x07",
    b"\x1bP>|XTerm(390)\x1b\\",
    b"\x1bP1+r544e=787465726d\x1b\\",
    b"\x1bP!|00000000\x1b\\",
    b"\x1b_Gi=1;OK\x1b\\",
    b"\x1b[121;1:3u",
    b"\x1b[57441;2:3u",
    b"\x1b[97;1S",
    b"\x1b[99999999u",
    b"\x1b[1114112;1;1114112u",
    b"\x1b[55296;1;55296u",
    b"\x1by",
]


@pytest.mark.parametrize("report", REPORTS, ids=repr)
def test_what_is_no_key_does_nothing(report: bytes) -> None:
    assert taken(report) == []
    assert taken(report, b"n") == ["n"]
    for cut in range(1, len(report)):
        assert taken(report[:cut], report[cut:], gap=0.05) == []
    assert taken(*(bytes([byte]) for byte in report)) == []


def test_a_letter_in_another_encoding_is_shown_as_one_that_was_not_read() -> None:
    assert taken((HANDED / "latin1_byte.bin").read_bytes(), b"y") == [
        "c",
        "a",
        "f",
        "replacement_character",
        "y",
    ]
    assert taken(b"\xe9\x1b[A") == ["replacement_character", "up"]


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"\x1b[200~yes, no\x1b[201~", ["[yes, no]"]),
        (b"\x1b[200~two\rlines\x1b[201~y", ["[two\rlines]", "y"]),
        (b"\x1b[200~with \x1b[A in it\x1b[201~", ["[with [A in it]"]),
        (b"\x1b[200~\x1b[201~y", ["y"]),
        (b"not seen, no exit interview yet", ["[not seen, no exit interview yet]"]),
        (b"line one\rline two\r", ["[line one\rline two\r]"]),
    ],
)
def test_pasted_text_is_pasted_text(sent: bytes, told: list[str]) -> None:
    assert taken(sent) == told


def test_pasted_text_in_pieces_is_one_or_a_few_pastes_and_never_keys() -> None:
    marked = b"\x1b[200~not seen, no exit interview yet\x1b[201~"
    for cut in range(1, len(marked)):
        assert taken(marked[:cut], marked[cut:]) == ["[not seen, no exit interview yet]"]
    assert taken(b"not seen, no exit ", b"int", b"y", gap=0.02) == ["[not seen, no exit ]", "[int]", "[y]"]
    assert taken(b"not seen, no exit ", b"y", gap=0.2) == ["[not seen, no exit ]", "y"]


def test_a_long_text_comes_whole_and_one_without_end_is_not_kept_back() -> None:
    long = b"answer " * 600
    assert taken(b"\x1b[200~", long[:4000], long[4000:], b"\x1b[201~") == [f"[{long.decode()}]"]
    assert "".join(taken(b"\x1b[200~", *[b"n" * 4000] * 300)).count("n") == 1_200_000


def test_keys_after_a_report_that_broke_off_are_keys_again() -> None:
    assert taken(b"\x1b]11;rgb:00", b"y", gap=UNFINISHED + 0.1) == ["y"]
    assert taken(b"\x1b[?61;6", b"y", gap=UNFINISHED + 0.1) == ["y"]
    assert taken(b"\x1bP", b"y", b"n", gap=UNFINISHED + 0.1) == ["y", "n"]


def test_typing_in_the_tempo_of_people_is_typing() -> None:
    # 120 words a minute are ten characters a second; the fastest typists reach twice that for a word.
    text = b"seen at the office on friday"
    assert taken(*(bytes([byte]) for byte in text), gap=0.02) == [
        {" ": "space"}.get(char, char) for char in text.decode()
    ]
    # On a slow line some come together.
    pairs = [text[at : at + 4] for at in range(0, len(text), 4)]
    assert "".join(key for key in taken(*pairs, gap=0.3) if len(key) == 1) == "seenattheofficeonfriday"


def test_the_mouse_still_works() -> None:
    (moved,) = messages(b"\x1b[<35;12;7M")
    assert isinstance(moved, MouseEvent)
    assert (moved.x, moved.y) == (11, 6)


@given(st.lists(st.binary(max_size=40), max_size=6))
def test_nothing_that_is_sent_ends_the_reading(pieces: list[bytes]) -> None:
    list(messages(*pieces))


def made_up(dice: random.Random) -> bytes:
    """A sequence such as terminals answer with, with numbers and texts of any kind in it."""
    numbers = ";".join(str(dice.randrange(10 ** dice.randrange(1, 7))) for _ in range(dice.randrange(1, 9)))
    words = "".join(dice.choice("ynxYNmruc0123456789/:;=,. ") for _ in range(dice.randrange(60)))
    form = dice.randrange(6)
    if form == 0:
        return f"\x1b[{dice.choice('?>=')}{numbers}{dice.choice('abcdfgnhlptxyzRS')}".encode()
    if form == 1:
        return f"\x1b[{numbers}{dice.choice('$ !')}{dice.choice('ypqwxyz|')}".encode()
    if form == 2:
        return f"\x1b]{numbers};{words}".encode() + dice.choice([b"\x07", b"\x1b\\"])
    if form == 3:
        return f"\x1bP{dice.choice(['>|', '!|', '1+r', '0$r'])}{words}\x1b\\".encode()
    if form == 4:
        return f"\x1b_G{words}\x1b\\".encode()
    return b"\x1b[M" + dice.randbytes(3)


def test_made_up_reports_are_never_taken_for_keys() -> None:
    dice = random.Random(11)  # noqa: S311  # what terminals may send
    sent = [made_up(dice) for _ in range(FUZZED)]
    for report in sent:
        cut = dice.randrange(len(report))
        assert taken(report) == []
        assert taken(report[:cut], report[cut:]) == []
    for one, other in pairwise(sent):
        assert taken(one + other, b"y") == ["y"]
