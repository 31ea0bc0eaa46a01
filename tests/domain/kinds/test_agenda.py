"""The agenda: its order, its states, what is counted of interviews, and how all of it is called."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.cases import CRC
from fieldtool.domain.kinds.agenda_items import EvidenceNoted, ItemPlanned, ItemState
from fieldtool.domain.kinds.kind import setting
from fieldtool.domain.log import agenda
from fieldtool.domain.log.agenda import AgendaItem, Note
from fieldtool.domain.log.conflicts import TEXTS
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.domain.method.framework import AgendaKind
from fieldtool.domain.words.slots import name_of, value_of

MONDAY = date(2020, 3, 16)


def planned(
    id: str, day: date = MONDAY, at: time | None = None, what: str = "officer_interview"
) -> AgendaItem:
    return AgendaItem(ItemPlanned(item=id, what=AgendaKind(what), day=day, at=at))


def test_items_are_in_the_order_of_their_days_and_times() -> None:
    items = [
        planned("C", at=time(14)),
        planned("B", at=time(9, 30)),
        planned("D", date(2020, 3, 2), time(16)),
        planned("A"),
    ]
    assert [item.id for item in agenda.in_order(items)] == ["D", "A", "B", "C"]


@pytest.mark.parametrize(
    ("value", "state"),
    [
        (None, (ItemState.PLANNED, "")),
        ("done", (ItemState.DONE, "")),
        ("cancelled:ill: at home", (ItemState.CANCELLED, "ill: at home")),
    ],
)
def test_a_state_is_read_as_it_was_recorded(value: str | None, state: tuple[ItemState, str]) -> None:
    assert agenda.state_of(value) == state


@given(st.text().filter(lambda person: person != ""))
def test_a_note_is_found_again_by_its_slot_whatever_the_person_is_called(person: str) -> None:
    note = EvidenceNoted(item="FG-1", on="1.2.1", person=person, text="so")
    assert Note.of(note.slot, "so") == Note("FG-1", "1.2.1", person, "so")
    assert EvidenceNoted.setting(Slot.parse(str(note.slot)), "so") == note


def test_notes_are_in_the_order_of_the_standards() -> None:
    notes = [Note("B", on, "x", "") for on in ("2.1.1", "1.2.1", "9.9", "1.2")] + [Note("A", "1.2", "x", "")]
    assert [(note.on, note.item) for note in agenda.by_standard(CRC, notes)] == [
        ("1.2", "A"),
        ("1.2", "B"),
        ("1.2.1", "B"),
        ("2.1.1", "B"),
        ("9.9", "B"),
    ]


def test_answers_are_counted_exactly_and_only_where_they_count() -> None:
    (form,) = CRC.forms
    items = [planned(f"RO-{place}") for place in range(28)] + [planned("MT", what="meeting")]
    items[27] = items[27]._replace(state=ItemState.CANCELLED, why="ill")
    given = ["yes"] * 21 + ["no"] * 3 + ["cannot_say"] * 2
    answers = {(f"RO-{place}", "workload"): answer for place, answer in enumerate(given)}
    answers["RO-27", "workload"] = answers["MT", "workload"] = "no"
    count = agenda.counted(form, items, answers)[0]
    assert (count.whole, count.interviews, count.open) == (24, 27, 1)
    assert {answer.id: count.percent(answer.id) for answer in count.question.answers} == {
        "yes": 88,
        "partly": 0,
        "no": 13,
        "cannot_say": None,
    }
    assert agenda.counted(form, [], {})[0].percent("yes") is None


@pytest.mark.parametrize(
    ("slot", "value", "name", "words"),
    [
        (
            "agenda:FG-1",
            ItemPlanned(
                item="FG-1", what=AgendaKind.FOCUS_GROUP, day=MONDAY, at=time(9), goes=("anna",)
            ).value,
            "What is planned of FG-1 on the agenda",
            "Focus group, Mon 16 Mar 2020, 09:00, anna",
        ),
        ("outcome:FG-1", "cancelled:ill", "Whether FG-1 of the agenda takes place", "cancelled because: ill"),
        ("outcome:FG-1", "done", "Whether FG-1 of the agenda takes place", "done"),
        ("evidence:FG-1/1.2/anna", "so", "Note of anna at FG-1 on 1.2", "so"),
        ("interview:RO-1/workload", "no", "Answer at RO-1 to workload", "No"),
        ("interview:RO-1/gone", "no", "Answer at RO-1 to gone", "no"),
    ],
)
def test_conflicts_call_it_by_words(slot: str, value: str, name: str, words: str) -> None:
    assert name_of(CRC, Slot.parse(slot)) == name
    assert value_of(CRC, Slot.parse(slot), value) == words


def test_two_notes_of_one_person_can_be_made_one() -> None:
    slot = EvidenceNoted(item="FG-1", on="1.2", person="anna", text="").slot
    assert slot.aspect in TEXTS
    assert setting(slot, "both") == EvidenceNoted(item="FG-1", on="1.2", person="anna", text="both")
    assert setting(Slot(Aspect.OUTCOME, "FG-1"), "done") is None
