"""Events as compressed lines come back as they were, byte for byte; anything else is refused, however large."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.laptops import YES, Laptop, bodies, forged
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.log.events import GENESIS, Event, EventId
from fieldtool.store.chain import event_lines
from fieldtool.store.chain.event_lines import Unreadable, checked, event_of, line_of, packed, unpacked


def some_events() -> list[Event]:
    with Laptop(None, "a").set_up("A") as laptop:
        laptop.log.record("A", YES)
        return laptop.events


@given(st.lists(bodies(), max_size=8))
def test_events_come_back_as_they_were(history: list[Body]) -> None:
    with Laptop(None, "a").set_up("A", "B") as laptop:
        for body in history:
            laptop.log.record("A", body)
        events = laptop.events
    back = [event_of(line) for line in unpacked(packed(map(line_of, events)))]
    assert back == events
    assert list(checked(back)) == events


@pytest.mark.parametrize("text", ['{"a":\t"é"}', '{"text":"\\u00e9\\n"}', '"\\u0000 \\\\ \u2028 \U0001f600"'])
def test_the_text_of_a_body_is_kept_byte_for_byte(text: str) -> None:
    event = forged(text, "kind", "slot:x", parents=(EventId("b", 2, 3), EventId("c.d", 1, 1)))
    assert event_of(line_of(event)) == event


def test_anybody_can_check_a_chain_from_the_lines_alone() -> None:
    previous = GENESIS
    for line in map(line_of, some_events()):
        *fields, digest = json.loads(line)
        text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
        previous = hashlib.sha256(previous + text.encode()).digest()
        assert previous.hex() == digest


def test_ordinary_tools_open_them(tmp_path: Path) -> None:
    file = tmp_path / "some.zst"
    file.write_bytes(packed(map(line_of, some_events())))
    try:
        shown = subprocess.run(["zstd", "-dc", str(file)], capture_output=True, check=True).stdout
    except FileNotFoundError:
        pytest.skip("there is no zstd here")
    assert [event_of(line) for line in shown.splitlines()] == some_events()


def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    bomb = packed([bytes(50_000_000)])
    assert len(bomb) < 10_000
    with pytest.raises(Unreadable, match="holds more than 1,000,000 bytes"):
        unpacked(bomb, 1_000_000)
    line = b"x" * 999
    assert unpacked(packed([line]), 1_000) == [line]
    with pytest.raises(Unreadable, match="holds more"):
        unpacked(packed([line]), 999)


def test_whatever_byte_is_spoilt_or_missing_is_noticed() -> None:
    lines_before = [line_of(event) for event in some_events()]
    data = packed(lines_before)
    noticed = 0
    places = range(0, len(data), 7)
    for place in places:
        spoilt = bytearray(data)
        spoilt[place] ^= 0x10
        try:
            # A few bits of a frame mean nothing to whoever reads it: then all is as it was.
            assert unpacked(bytes(spoilt)) == lines_before
        except Unreadable:
            noticed += 1
        with pytest.raises(Unreadable):
            unpacked(data[:place])
    assert noticed > len(places) * 9 // 10
    with pytest.raises(Unreadable, match="does not end"):
        unpacked(data + b"more")


LINE = ["a", 1, 1, 1, "w", "p", "k", "s", "x:", "{}", [], "00"]


def changed(place: int, value: object) -> bytes:
    return event_lines.as_json([*LINE[:place], value, *LINE[place + 1 :]])


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'{"device":"a"}',
        event_lines.as_json(LINE[:-1]),
        changed(0, 1),
        changed(1, -1),
        changed(1, True),
        changed(2, 0),
        changed(2, 2**63),
        changed(3, 1.5),
        changed(9, None),
        changed(10, "a.1.1"),
        changed(10, ["no id"]),
        changed(10, [1]),
        changed(11, "zz"),
        b'["a",1,1,1,"w","p","k","s","x:","\\ud800",[],"00"]',
    ],
)
def test_a_line_that_is_no_event_is_refused(line: bytes) -> None:
    with pytest.raises(Unreadable):
        event_of(line)


def test_a_chain_with_something_altered_is_noticed() -> None:
    first, second, third = some_events()
    with pytest.raises(Unreadable, match=r"event a\.1\.2 is not as it was written"):
        list(checked([first, second._replace(actor="somebody else"), third]))
    assert list(checked([first, third])) == [first, third]  # whether something is missing is not for here
