"""What analysts read in the central store says the same as the laptops."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders.cases import TINY
from builders.chains import after
from builders.commands import tiny
from builders.laptops import Laptop, Watch, bodies, chains, forged, oddments
from builders.teams import Laptop as Member
from fieldtool.domain.kinds.assessment import (
    AnswerGiven,
    CaseCompleted,
    CaseReopened,
    FactSet,
    JudgementMade,
    NoteWritten,
    ReasonWritten,
    Undone,
)
from fieldtool.domain.kinds.inspection import (
    FrameworkChosen,
    InspectionOpened,
    PersonJoined,
    PersonRemoved,
    StandardLeftUnrated,
)
from fieldtool.domain.kinds.kind import KINDS, Body, body_text
from fieldtool.domain.kinds.laptops import LaptopInvited, LaptopJoined, LaptopRemoved
from fieldtool.domain.kinds.sample import CaseAdded, CaseAssigned, CaseRemoved, CaseTakenOver
from fieldtool.domain.log.door import LATEST, LONGEST_NAME
from fieldtool.domain.log.events import ChainId, Event
from fieldtool.domain.method.case import Answer, Aspect, Judgement, Slot
from fieldtool.domain.method.case_line import CaseFilter
from fieldtool.store.chain.reading import read_events
from fieldtool.store.file.database import Database
from fieldtool.store.views import case_lines, queries
from fieldtool.sync.central.central_store import CentralStore
from fieldtool.sync.central.schema import Administration, inspection_key
from sync.centre import OURS, Centre

NAMED = frozenset(
    re.findall(r"'([a-z_]+\.[a-z_]+)'", (files("fieldtool.sync.central") / "views.sql").read_text())
)
"""The kinds that the views read. Of those about laptops, keys, the agenda and samples analysts have no use."""

OF_USE: list[tuple[str, Body]] = [
    ("", InspectionOpened(provider="P", title="T")),
    ("", FrameworkChosen(framework=TINY)),
    ("", PersonJoined(person="INS-1", name="Ines", role="inspector")),
    ("", PersonRemoved(person="INS-1", why="left")),
    ("", StandardLeftUnrated(standard="1.1", why="too few cases")),
    ("A", CaseAdded(sample="branch")),
    ("A", CaseRemoved(why="no consent")),
    ("A", CaseAssigned(person="INS-1")),
    ("B", CaseAssigned(person=None)),
    ("A", CaseTakenOver(person="INS-2", why="ill")),
    ("B", CaseTakenOver(person=None, why="ill")),
    ("A", CaseCompleted()),
    ("A", CaseReopened(why="mistake")),
    ("A", FactSet(fact="stock", to="books")),
    ("B", FactSet(fact="stock", to=None)),
    ("A", AnswerGiven(prompt="Qax", answer=Answer.NOT_RELEVANT)),
    ("B", AnswerGiven(prompt="Qax", answer=None)),
    ("A", JudgementMade(key_question="Qa", judgement=Judgement.YES)),
    ("B", JudgementMade(key_question="Qa", judgement=None)),
    ("A", NoteWritten(item="", text='one "two" \n\u00e9')),
    ("B", NoteWritten(item="", text="")),
    ("A", ReasonWritten(key_question="Qa", text="so")),
    ("B", ReasonWritten(key_question="Qa", text="")),
    ("C", Undone(undoes="a.1.1", change=AnswerGiven(prompt="Qax", answer=Answer.NO))),
    ("C", Undone(undoes="a.1.1", change=JudgementMade(key_question="Qa", judgement=None))),
    ("C", Undone(undoes="a.1.1", change=FactSet(fact="stock", to="books"))),
    ("C", Undone(undoes="a.1.1", change=NoteWritten(item="Qax", text="n"))),
    ("C", Undone(undoes="a.1.1", change=ReasonWritten(key_question="Qa", text=""))),
]


def test_every_kind_of_event_is_in_the_views_or_of_no_use_there(centre: Centre) -> None:
    read = {body.kind for _, body in OF_USE}
    assert read == {
        kind for kind in NAMED & set(KINDS) if KINDS[kind].says.contested or kind == "change.undone"
    }
    with Laptop(None, "x") as laptop:
        for number, (subject, body) in enumerate(OF_USE):
            # Each on a laptop of its own that knows of no other, so that all of them are heads.
            device, slot = ChainId(f"laptop-{number:02}", 1), str(body.slot)
            event = after(None, device, kind=body.kind, subject=subject, slot=slot, text=body_text(body))
            laptop.log.receive([event])
        assert len(laptop.database.rows("SELECT 1 FROM head")) == len(OF_USE)
        assert_heads(centre, laptop)


def send(centre: Centre, events: list[Event]) -> str:
    """Send events as a new inspection of anna's, and say its id."""
    inspection = uuid4().hex
    Administration(centre.address()).add(inspection, "anna")
    with CentralStore(centre.address("anna"), inspection) as store:
        store.send(chains(events))
        assert store.misfits == {}
    return inspection


def rows(centre: Centre, inspection: str, query: str) -> list[tuple[Any, ...]]:
    return centre.sql("anna").execute(query.encode(), {"of": inspection_key(inspection)}).fetchall()


HEADS = (
    "SELECT subject, slot, device, incarnation, seq, at, value FROM fieldtool.heads WHERE inspection = %(of)s"
)
SHOWN = "SELECT subject, device, incarnation, seq, value FROM fieldtool.shown WHERE inspection = %(of)s"


def assert_heads(centre: Centre, laptop: Laptop | Member) -> None:
    """Heads and shown values of cases are those of the laptop."""
    inspection = send(centre, laptop.events)
    ours = laptop.database.rows(
        "SELECT subject, slot, device, incarnation, seq, at, value FROM head WHERE subject <> ''"
    )
    found = rows(centre, inspection, HEADS)
    assert {row for row in found if row[0]} == set(ours)
    # Of the inspection itself the ids; its values are told in other words.
    kept = laptop.database.rows("SELECT slot, device, incarnation, seq FROM head WHERE subject = ''")
    assert {row[1:5] for row in found if not row[0]} == {
        row for row in kept if row[0].partition(":")[0] in {"inspection", "framework", "person", "unrated"}
    }
    ours = laptop.database.rows(
        "SELECT subject, device, incarnation, seq, value FROM head WHERE shown AND subject <> ''"
    )
    assert set(rows(centre, inspection, f"{SHOWN} AND subject <> ''")) == set(ours)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_heads_are_those_of_a_laptop_that_has_all(centre: Centre, data: st.DataObject) -> None:
    """Made-up histories of three laptops that work at odds, undo, and take in what they cannot read."""
    laptops = [Laptop(None, name, Watch(step=step)) for name, step in (("a", 1), ("b", 7), ("c", 1))]
    laptops[0].set_up("A", "B")
    for _ in range(data.draw(st.integers(1, 25))):
        laptop = laptops[data.draw(st.integers(0, 2))]
        match data.draw(st.sampled_from(["record", "record", "record", "undo", "receive", "odd"])):
            case "record":
                laptop.log.record(data.draw(st.sampled_from("AB")), data.draw(bodies()))
            case "undo":
                laptop.log.undo(data.draw(st.sampled_from("AB")))
            case "receive":
                laptop.log.receive(laptops[data.draw(st.integers(0, 2))].events)
            case "odd":
                kind, text, slot = data.draw(oddments())
                device = f"z{laptop.name}"
                mine = [event for event in laptop.events if event.id.device == device]
                heads = [e.id for e in laptop.events if (e.subject, e.slot) == ("A", slot)][-1:]
                laptop.log.receive(
                    [forged(text, kind, slot, device, mine[-1] if mine else None, parents=tuple(heads))]
                )
    for other in laptops[1:]:
        laptops[0].log.receive(other.events)
    assert_heads(centre, laptops[0])
    for laptop in laptops:
        laptop.database.close()


@pytest.mark.parametrize("seed", range(6))
def test_what_a_removed_laptop_recorded_too_late_counts_in_no_view(centre: Centre, seed: int) -> None:
    dice, key = Random(seed), "ab" * 32  # noqa: S311  # nothing secret
    with Laptop(None, "a") as lead, Laptop(None, "b") as lost, Laptop(None, "c") as other:
        lead.set_up("A", "B").log.record("", LaptopInvited(key=key, person="ben"))
        lost.log.receive(lead.events)
        lost.log.record("", LaptopJoined(device="b", key=key))
        ends = 1
        for number in range(20):
            writer = dice.choice((lead, lost, lost, other))
            writer.log.record(dice.choice("AB"), NoteWritten(item="Qax", text=str(number)))
            dice.choice((lead, lost, other)).log.receive(dice.choice((lead, lost, other)).events)
            if number == 6:
                ends = len([event for event in lost.events if event.id.device == "b"])
        if seed % 2:  # else a chain that the removal does not name, which counts not at all
            lead.log.record("", LaptopRemoved(key=key, person="ben", ends={"b.1": ends}, why="lost"))
        else:
            lead.log.record("", LaptopRemoved(key=key, person="ben", ends={}, why="lost"))
        for laptop in (lost, other):
            lead.log.receive(laptop.events)
        assert lead.database.rows("SELECT 1 FROM beyond_removal")
        assert_heads(centre, lead)


ODD_BODIES = [
    "",
    "no JSON",
    "[]",
    "null",
    '"text"',
    "{",
    '{"item":"Qax"}',
    '{"item":"Qax","text":null}',
    '{"item":"Qay","text":"of another slot"}',
    '{"item":"Qax","text":""}',
    '{"item":"Qax","text":"a null \\u0000 sign"}',
    '{"item":"Qax","text":"no null \\\\u0000 sign"}',
    '{"item":"Qax","text":"\\\\\\u0000"}',
    '{"item":"Qax","text":"half \\ud800 a sign"}',
    '{"item":"Qax","text":"the other \\udc00 half"}',
    '{"item":"Qax","text":"a whole \\ud83d\\ude00 sign"}',
    '{"item":"Qax","text":"not half \\\\ud800 a sign"}',
    '{"item":"Qax","text":"\\t\\n\\\\ \\" \\u00e9 é \U0001f600"}',
    "\0",
    "\x10",
    '{"item":"Qax","text":"\x10"}',
]


@pytest.mark.parametrize("body", ODD_BODIES)
def test_no_body_spoils_the_views(centre: Centre, body: str) -> None:
    """What a laptop cannot read has no effect here either, and all else can be read."""
    with Laptop(None, "a") as laptop:
        laptop.set_up("A")
        laptop.log.record(
            "A", NoteWritten(item="Qax", text="before"), AnswerGiven(prompt="Qax", answer=Answer.YES)
        )
        odd = after(None, kind="note.written", subject="A", slot="note:Qax", text=body)
        laptop.log.receive([odd])
        inspection = send(centre, laptop.events)
        ours = {
            (*id, value if value is None else value.replace("\0", "\N{REPLACEMENT CHARACTER}"))
            for *id, value in laptop.database.rows(
                "SELECT device, incarnation, seq, value FROM head WHERE subject = 'A' AND slot = 'note:Qax'"
            )
        }
    found = rows(
        centre,
        inspection,
        "SELECT device, incarnation, seq, value FROM fieldtool.heads "
        "WHERE inspection = %(of)s AND subject = 'A' AND slot = 'note:Qax'",
    )
    assert set(found) == ours
    for view in ("cases", "answers", "notes", "progress", "rating_inputs", "conflicts", "people"):
        rows(centre, inspection, f"SELECT * FROM fieldtool.{view}")  # noqa: S608  # our names


@pytest.mark.parametrize(
    "envelope",
    [
        {"wall": "some day"},
        {"wall": "2020-03-02T09:00:00"},
        {"wall": "1850-03-02T09:00:00+00:00"},
        {"at": LATEST},
        {"actor": "\x1b[2J"},
        {"actor": "\x85"},
        {"actor": "A" * (LONGEST_NAME + 1)},
        {"subject": "A\u2028B"},
        {"subject": "A" * (LONGEST_NAME + 1)},
        {"slot": "note:\x1b", "text": r'{"item":"\u001b","text":"x"}'},
    ],
    ids=" ".join,
)
def test_what_the_door_sets_aside_is_in_no_view(centre: Centre, envelope: dict[str, Any]) -> None:
    fits = {"kind": "note.written", "subject": "A", "slot": "note:Qax", "text": '{"item":"Qax","text":"x"}'}
    with Laptop(None, "a") as laptop:
        laptop.log.receive([after(None, **{**fits, **envelope})])
        assert laptop.database.rows("SELECT 1 FROM set_aside") == [(1,)]
        inspection = send(centre, laptop.events)
    assert rows(centre, inspection, HEADS) == []


@pytest.fixture
def laptop(tmp_path: Path, centre: Centre) -> Database:
    """A small inspection as a laptop has it; all of it was sent."""
    database = Database.open_read_only(tiny(tmp_path / "tiny.db"))
    centre.store("anna").send(chains(read_events(database)))
    return database


def test_cases_and_progress_say_what_the_laptop_says(centre: Centre, laptop: Database) -> None:
    found = rows(
        centre,
        OURS,
        "SELECT ref, sample, coalesce(holder, ''), state, facts FROM fieldtool.cases "
        "WHERE inspection = %(of)s ORDER BY ref",
    )
    lines = {line.ref: line for line in case_lines.all_case_lines(laptop, CaseFilter())}
    cases = list(queries.cases(laptop))
    assert found == [
        (case.ref, case.sample, case.holder or "", lines[case.ref].state.value, dict(case.facts))
        for case in cases
    ]
    progress = rows(
        centre,
        OURS,
        "SELECT holder, cases, untouched, in_progress, complete, answers, judgements FROM fieldtool.progress "
        "WHERE inspection = %(of)s ORDER BY holder",
    )
    assert progress == [("", 1, 1, 0, 0, 0, 0), ("INS-01", 3, 0, 1, 2, 4, 6)]


def test_answers_judgements_notes_and_people(centre: Centre, laptop: Database) -> None:
    for view, item, value, aspect in (
        ("answers", "prompt", "answer", Aspect.ANSWER),
        ("judgements", "key_question", "judgement", Aspect.JUDGEMENT),
        ("facts", "fact", "value", Aspect.FACT),
        ("notes", "item", "note", Aspect.NOTE),
        ("reasons", "key_question", "reason", Aspect.REASON),
    ):
        found = rows(
            centre,
            OURS,
            f"SELECT ref, {item}, {value} FROM fieldtool.{view} WHERE inspection = %(of)s AND NOT contested",  # noqa: S608
        )
        expected = [
            (case.ref, slot.item, told)
            for case in queries.cases(laptop)
            for slot, told in case.values.items()
            if slot.aspect is aspect
        ]
        assert len(expected) > 0
        assert sorted(found) == sorted(expected), view
    people = rows(centre, OURS, "SELECT person, name, role FROM fieldtool.people WHERE inspection = %(of)s")
    assert sorted(people) == sorted(tuple(person) for person in case_lines.people(laptop))


def test_inputs_of_ratings_are_raw_counts(centre: Centre, laptop: Database) -> None:
    found = rows(
        centre,
        OURS,
        "SELECT item, yes, no, not_relevant, yes_in_complete, no_in_complete, not_relevant_in_complete "
        "FROM fieldtool.rating_inputs WHERE inspection = %(of)s",
    )
    cases = list(queries.cases(laptop))
    assert found
    for item, *counts in found:
        expected = []
        for chosen in (cases, [case for case in cases if case.complete]):
            told = [
                value
                for case in chosen
                for slot, value in case.values.items()
                if slot.item == item and slot.aspect in (Aspect.ANSWER, Aspect.JUDGEMENT)
            ]
            expected += [told.count(word) for word in ("yes", "no", "not_relevant")]
        assert counts == expected, item
    said = rows(centre, OURS, "SELECT obj_description('fieldtool.rating_inputs'::regclass)")
    assert "take no account of which cases an item applies to" in said[0][0]


def test_a_conflict_is_shown_with_both_values(centre: Centre) -> None:
    with Laptop(None, "a") as anna, Laptop(None, "b") as ben:
        anna.set_up("A")
        ben.log.receive(anna.events)
        anna.log.record("A", AnswerGiven(prompt="Qax", answer=Answer.YES))
        ben.clock = Watch()
        ben.log.record("A", AnswerGiven(prompt="Qax", answer=Answer.NO))
        anna.log.receive(ben.events)
        inspection = send(centre, anna.events)
        shown = queries.head_values(anna.database, "A", Slot(Aspect.ANSWER, "Qax"))
    conflicts = rows(
        centre,
        inspection,
        "SELECT ref, aspect, item, value, actor FROM fieldtool.conflicts WHERE inspection = %(of)s "
        "ORDER BY shown DESC",
    )
    assert [row[3] for row in conflicts] == list(shown)
    assert {row[:3] + row[4:] for row in conflicts} == {
        ("A", "answer", "Qax", "person_a"),
        ("A", "answer", "Qax", "person_b"),
    }
    answers = rows(
        centre, inspection, "SELECT answer, contested FROM fieldtool.answers WHERE inspection = %(of)s"
    )
    assert answers == [(shown[0], True)]


def test_any_sql_tool_reads_the_facts_as_json(centre: Centre, laptop: Database) -> None:
    laptop.close()
    (told,) = rows(
        centre, OURS, "SELECT facts::text FROM fieldtool.cases WHERE inspection = %(of)s AND ref = 'B-02'"
    )
    assert json.loads(told[0]) == {"borough": "=1+1", "stock": "tools"}


def test_of_heads_of_the_same_time_the_one_of_the_greatest_id_is_shown(centre: Centre) -> None:
    """As the laptops compare ids: by their signs, whatever the language of the server."""
    with Laptop(None, "x") as laptop:
        laptop.set_up("A")
        for device, answer in (("a", "yes"), ("\u00e9", "not_relevant"), ("B", "no")):
            body = f'{{"prompt":"Qax","answer":"{answer}"}}'
            laptop.log.receive([forged(body, "answer.given", "answer:Qax", device)])
            assert_heads(centre, laptop)
        shown = queries.head_values(laptop.database, "A", Slot(Aspect.ANSWER, "Qax"))
    assert shown[0] == "not_relevant"
