"""Events: their ids, and the chain that they form."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldtool.domain.kinds.assessment import (
    AnswerGiven,
)
from fieldtool.domain.log.events import GENESIS, Event, EventId
from fieldtool.domain.method.case import Answer


@given(
    st.text(st.characters(exclude_characters=" ", exclude_categories=["Cs"])), st.integers(), st.integers()
)
def test_ids_are_read_as_they_were_written(device: str, incarnation: int, seq: int) -> None:
    id = EventId(device, incarnation, seq)
    assert EventId.parse(str(id)) == id


@pytest.mark.parametrize("text", ["", "a", "a.1", "a.b.1", "a.1.b", "a.1."])
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # Python's own, in its own words
        EventId.parse(text)


EVENT = Event(
    id=EventId("dev", 1, 7),
    at=12345,
    wall="2020-03-02T10:00:00.000+00:00",
    actor="anna",
    kind="answer.given",
    subject="A1",
    slot="answer:Qax",
    text='{"prompt":"Qax","answer":"yes"}',
    parents=(EventId("dev", 1, 3), EventId("other", 2, 5)),
    hash=GENESIS,
)

CHANGES: dict[str, Any] = {
    "device": {"id": EventId("dev2", 1, 7)},
    "incarnation": {"id": EventId("dev", 2, 7)},
    "seq": {"id": EventId("dev", 1, 8)},
    "at": {"at": 12346},
    "wall": {"wall": "2020-03-02T10:00:00.001+00:00"},
    "actor": {"actor": "ben"},
    "kind": {"kind": "answer.given2"},
    "subject": {"subject": "A2"},
    "slot": {"slot": "answer:Qay"},
    "text": {"text": '{"prompt":"Qax","answer": "yes"}'},
    "a parent less": {"parents": EVENT.parents[:1]},
    "no parents": {"parents": ()},
    "parents in another order": {"parents": EVENT.parents[::-1]},
    "text moved over a border": {"subject": "A1answer", "slot": ":Qax"},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_hash_changes_with_every_field(change: dict[str, Any]) -> None:
    assert EVENT._replace(**change).chained(GENESIS) != EVENT.chained(GENESIS)


def test_the_hash_changes_with_the_one_before_and_with_nothing_else() -> None:
    assert EVENT.chained(bytes(31) + b"\1") != EVENT.chained(GENESIS)
    assert EVENT._replace(hash=b"x" * 32).chained(GENESIS) == EVENT.chained(GENESIS)


def test_the_hash_is_what_its_description_says() -> None:
    fields = ["dev", 1, 7, 12345, *EVENT[2:8], ["dev.1.3", "other.2.5"]]
    written = json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode()
    assert EVENT.chained(b"p" * 32) == hashlib.sha256(b"p" * 32 + written).digest()


def test_an_event_reads_its_body() -> None:
    assert EVENT.body == AnswerGiven(prompt="Qax", answer=Answer.YES)
    with pytest.raises(ValueError, match="AnswerGiven"):
        _ = EVENT._replace(text="{}").body
