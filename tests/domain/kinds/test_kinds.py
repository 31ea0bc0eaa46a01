"""Kinds of events: each through its text and back, what each says of itself, and those of later versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, time
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders.cases import CRC, TINY
from builders.laptops import Laptop, assert_sound
from fieldtool.domain.kinds.agenda_items import (
    EvidenceNoted,
    InterviewAnswered,
    ItemCancelled,
    ItemDone,
    ItemPlanned,
    ItemPlannedAgain,
)
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
from fieldtool.domain.kinds.comparison_figures import FiguresImported
from fieldtool.domain.kinds.devices import (
    ChainSigned,
    ClockJumped,
    DeviceJoined,
    ForkSettled,
    SessionBegan,
    SessionEnded,
)
from fieldtool.domain.kinds.inspection import (
    FrameworkChosen,
    InspectionOpened,
    PersonBased,
    PersonJoined,
    PersonRemoved,
    StandardLeftUnrated,
)
from fieldtool.domain.kinds.kind import (
    KINDS,
    Body,
    Says,
    UnknownHappened,
    body_text,
    kinds,
    of_text,
    parse_body,
    setting,
)
from fieldtool.domain.kinds.laptops import (
    LaptopInvited,
    LaptopJoined,
    LaptopRemoved,
    ReceiptGiven,
    RecoveryKeyNamed,
)
from fieldtool.domain.kinds.sample import (
    CaseAdded,
    CaseAssigned,
    CaseEliminated,
    CasePlanned,
    CaseRemoved,
    CaseTakenOver,
    ListImported,
    SampleDrawn,
)
from fieldtool.domain.log.history import changes
from fieldtool.domain.method.case import Answer, Aspect, Judgement, Slot
from fieldtool.domain.method.figures import Figure
from fieldtool.domain.method.framework import AgendaKind

OPENED = InspectionOpened(provider="P", title="T", fieldwork_from=date(2020, 3, 2))

# Every kind with the slot that it writes and the value that it gives it; None clears.
EVERY: list[tuple[Body, Slot, str | None]] = [
    (
        OPENED,
        Slot(Aspect.INSPECTION),
        '{"provider":"P","title":"T","fieldwork_from":"2020-03-02"}',
    ),
    (
        FrameworkChosen(framework=TINY),
        Slot(Aspect.FRAMEWORK),
        TINY.model_dump_json(by_alias=True, exclude_defaults=True),
    ),
    (
        PersonJoined(person="anna", name="Anna É", role="inspector"),
        Slot(Aspect.PERSON, "anna"),
        '{"person":"anna","name":"Anna É","role":"inspector"}',
    ),
    (CaseAdded(sample="branch"), Slot(Aspect.SAMPLE), "branch"),
    (CaseRemoved(why="drawn again"), Slot(Aspect.SAMPLE), None),
    (CaseTakenOver(person="ben", why="Anna is ill"), Slot(Aspect.HOLDER), "ben"),
    (PersonBased(person="anna", office="Avon"), Slot(Aspect.OFFICE, "anna"), "Avon"),
    (
        FiguresImported(whose="previous", figures={"Qa": Figure(stated=62), "Qax": Figure(n=2, of=3)}),
        Slot(Aspect.FIGURES, "previous"),
        '{"whose":"previous","figures":{"Qa":{"stated":62},"Qax":{"n":2,"of":3}}}',
    ),
    (CasePlanned(day=date(2020, 3, 9)), Slot(Aspect.PLAN), "2020-03-09"),
    (CasePlanned(day=None), Slot(Aspect.PLAN), None),
    (
        CaseEliminated(case="X1", sample="branch", criterion="deceased", why="in May", replaced_by="X2"),
        Slot(Aspect.ELIMINATED, "X1"),
        '{"sample":"branch","criterion":"deceased","why":"in May","replaced_by":"X2"}',
    ),
    (
        ListImported(sample="branch", facts=("stock",), rows=(("X1", "books"), ("X2", ""))),
        Slot(Aspect.LIST, "branch"),
        '{"cases":2,"sha256":"3b32eb6989aba3a980512ccd755e279c40ec0d9ea1fb03f24cb9eb0fc4b4baa0"}',
    ),
    (
        SampleDrawn(sample="branch", population="a.1.2", size=1, buffer=0, seed=7, cases=("X1",)),
        Slot(Aspect.DRAW, "branch"),
        '{"sample":"branch","population":"a.1.2","size":1,"buffer":0,"seed":7,"cases":["X1"]}',
    ),
    (CaseAssigned(person="anna"), Slot(Aspect.HOLDER), "anna"),
    (CaseAssigned(person=None), Slot(Aspect.HOLDER), None),
    (FactSet(fact="stock", to="books"), Slot(Aspect.FACT, "stock"), "books"),
    (FactSet(fact="stock", to=None), Slot(Aspect.FACT, "stock"), None),
    (AnswerGiven(prompt="Qax", answer=Answer.NOT_RELEVANT), Slot(Aspect.ANSWER, "Qax"), "not_relevant"),
    (AnswerGiven(prompt="Qax", answer=None), Slot(Aspect.ANSWER, "Qax"), None),
    (JudgementMade(key_question="Qa", judgement=Judgement.NO), Slot(Aspect.JUDGEMENT, "Qa"), "no"),
    (JudgementMade(key_question="Qa", judgement=None), Slot(Aspect.JUDGEMENT, "Qa"), None),
    (NoteWritten(item="", text='Zeile\n"zwei" 😀'), Slot(Aspect.NOTE), 'Zeile\n"zwei" 😀'),
    (NoteWritten(item="Qax", text=""), Slot(Aspect.NOTE, "Qax"), None),
    (ReasonWritten(key_question="Qa", text="why"), Slot(Aspect.REASON, "Qa"), "why"),
    (ReasonWritten(key_question="Qa", text=""), Slot(Aspect.REASON, "Qa"), None),
    (CaseCompleted(), Slot(Aspect.COMPLETION), "complete"),
    (CaseReopened(why="mistake"), Slot(Aspect.COMPLETION), "in_progress"),
    (StandardLeftUnrated(standard="Q", why="too few"), Slot(Aspect.UNRATED, "Q"), "too few"),
    (
        DeviceJoined(device="d", incarnation=2, public_key="ab", person="anna", version="1"),
        Slot(Aspect.DEVICE, "d.2"),
        '{"device":"d","incarnation":2,"public_key":"ab","person":"anna","version":"1"}',
    ),
    (
        SessionBegan(device="d", incarnation=1, steady=1.5, version="1"),
        Slot(Aspect.SESSION, "d.1"),
        '{"device":"d","incarnation":1,"steady":1.5,"version":"1"}',
    ),
    (
        SessionEnded(device="d", incarnation=1, steady=2.25),
        Slot(Aspect.SESSION, "d.1"),
        '{"device":"d","incarnation":1,"steady":2.25}',
    ),
    (
        ClockJumped(
            device="d",
            incarnation=1,
            expected="2020-03-02T10:00:00.000+00:00",
            found="2020-03-02T09:00:00.000+00:00",
            noticed="within a session",
            steady=3,
        ),
        Slot(Aspect.CLOCK, "d.1"),
        '{"device":"d","incarnation":1,"expected":"2020-03-02T10:00:00.000+00:00",'
        '"found":"2020-03-02T09:00:00.000+00:00","noticed":"within a session","steady":3.0}',
    ),
    (
        ChainSigned(device="d", incarnation=1, seq=7, hash="cd", inspection="ef", signature="01"),
        Slot(Aspect.SIGNATURE, "d.1"),
        '{"device":"d","incarnation":1,"seq":7,"hash":"cd","inspection":"ef","signature":"01"}',
    ),
    (LaptopInvited(key="ab", person="anna"), Slot(Aspect.LAPTOP, "ab"), '{"person":"anna"}'),
    (LaptopJoined(device="d", key="ab"), Slot(Aspect.JOINED, "d"), "ab"),
    (
        LaptopRemoved(key="ab", person="anna", ends={"d.1": 7}, why="lost"),
        Slot(Aspect.LAPTOP, "ab"),
        '{"person":"anna","ends":{"d.1":7},"why":"lost"}',
    ),
    (
        ReceiptGiven(device="d", incarnation=1, ends={"e.1": 7}),
        Slot(Aspect.RECEIPT, "d.1"),
        '{"ends":{"e.1":7}}',
    ),
    (PersonRemoved(person="anna", why="left"), Slot(Aspect.PERSON, "anna"), None),
    (RecoveryKeyNamed(name="office", recipient="age1x"), Slot(Aspect.RECOVERY, "office"), "age1x"),
    (RecoveryKeyNamed(name="office", recipient=None), Slot(Aspect.RECOVERY, "office"), None),
    (ForkSettled(event="d.1.7", digest="ab", taken=True), Slot(Aspect.FORK, "d.1.7:ab"), "taken"),
    (ForkSettled(event="d.1.7", digest="ab", taken=False), Slot(Aspect.FORK, "d.1.7:ab"), "left"),
    (
        ItemPlanned(
            item="FG-1", what=AgendaKind.FOCUS_GROUP, day=date(2020, 3, 16), at=time(10), goes=("anna",)
        ),
        Slot(Aspect.AGENDA, "FG-1"),
        '{"item":"FG-1","what":"focus_group","day":"2020-03-16","at":"10:00:00","goes":["anna"]}',
    ),
    (ItemDone(item="FG-1"), Slot(Aspect.OUTCOME, "FG-1"), "done"),
    (ItemCancelled(item="FG-1", why="a: b"), Slot(Aspect.OUTCOME, "FG-1"), "cancelled:a: b"),
    (ItemPlannedAgain(item="FG-1"), Slot(Aspect.OUTCOME, "FG-1"), None),
    (
        EvidenceNoted(item="FG-1", on="1.1", person="anna", text="so"),
        Slot(Aspect.EVIDENCE, "FG-1/1.1/anna"),
        "so",
    ),
    (
        EvidenceNoted(item="FG-1", on="1.1", person="anna", text=""),
        Slot(Aspect.EVIDENCE, "FG-1/1.1/anna"),
        None,
    ),
    (
        InterviewAnswered(item="RO-1", question="workload", answer="no"),
        Slot(Aspect.INTERVIEW, "RO-1/workload"),
        "no",
    ),
    (
        Undone(undoes="d.1.2", change=FactSet(fact="stock", to=None)),
        Slot(Aspect.FACT, "stock"),
        None,
    ),
    (
        Undone(undoes="d.1.2", change=NoteWritten(item="Qax", text="old")),
        Slot(Aspect.NOTE, "Qax"),
        "old",
    ),
]


def test_every_kind_is_in_the_table() -> None:
    assert {body.kind for body, _, _ in EVERY} == set(KINDS)


@pytest.mark.parametrize(("body", "slot", "value"), EVERY, ids=lambda each: getattr(each, "kind", ""))
def test_every_kind_says_its_slot_and_value_and_goes_through_text(
    body: Body, slot: Slot, value: str | None
) -> None:
    assert (body.slot, body.value) == (slot, value)
    text = body_text(body)
    assert "kind" not in json.loads(text)
    again = parse_body(body.kind, text)
    assert again == body
    assert type(again) is type(body)
    assert (again.slot, again.value) == (slot, value)
    assert body_text(again) == text


@pytest.mark.parametrize("framework", [TINY, CRC], ids=["tiny", "crc"])
def test_a_framework_goes_through_its_event_unchanged(framework: object) -> None:
    body = FrameworkChosen.model_validate({"framework": framework})
    again = parse_body("framework.chosen", body_text(body))
    assert isinstance(again, FrameworkChosen)
    assert again.framework == framework
    assert again.framework.items_for(again.framework.samples[0].id)


@given(st.text(), st.text())
def test_any_text_goes_through_text(item: str, text: str) -> None:
    body = NoteWritten(item=item, text=text)
    assert parse_body(body.kind, body_text(body)) == body


@pytest.mark.parametrize("text", ['{"b":  1,\n "a": [2]}', "not json at all", "", "é\\u00e9"])
def test_kinds_of_a_later_version_are_kept_byte_for_byte(text: str) -> None:
    body = parse_body("rating.moderated", text)
    assert body == UnknownHappened(kind="rating.moderated", text=text)
    assert body_text(body) == text
    assert (body.slot, body.value) == (Slot(Aspect.UNKNOWN, "rating.moderated"), None)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("answer.given", "not json"),
        ("answer.given", '{"prompt":"Qax"}'),
        ("answer.given", '{"prompt":"Qax","answer":"maybe"}'),
        ("answer.given", '{"prompt":"Qax","answer":"yes","sure":true}'),
        ("judgement.made", '{"key_question":"Qa","judgement":"not_relevant"}'),
        ("change.undone", '{"undoes":"d.1.1","change":{"kind":"case.completed"}}'),
        ("person.joined", '{"person":"x","name":"X","role":"king"}'),
    ],
)
def test_a_text_that_does_not_fit_its_kind_is_a_value_error(kind: str, text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        parse_body(kind, text)


def test_slots_of_one_aspect_are_called_and_settled_alike() -> None:
    by_aspect: dict[Aspect, set[tuple[object, ...]]] = {}
    for model in KINDS.values():
        says = model.says
        by_aspect.setdefault(says.aspect, set()).add(
            (says.item, says.joint, says.title, says.contested, says.work, says.admits, says.value.text)
        )
    assert {aspect for aspect, ways in by_aspect.items() if len(ways) > 1} == set()


@pytest.mark.parametrize("model", [model for model in KINDS.values() if model.says.chosen])
def test_what_may_be_chosen_is_set_and_taken_back(model: type[Body]) -> None:
    item = model.says.joint.join("abc"[: len(model.says.item)])
    slot = Slot(model.says.aspect, item)
    for value in ("no", None):
        body = setting(slot, value)
        assert type(body) is model
        assert (body.slot, body.value) == (slot, value)


def test_nobody_chooses_what_is_no_choice() -> None:
    assert setting(Slot(Aspect.LAPTOP, "ab"), "x") is None
    assert setting(Slot(Aspect.COMPLETION), "complete") is None


def test_undo_takes_back_what_people_answer_and_nothing_else() -> None:
    assert kinds(lambda says: says.undoable) == {
        "answer.given", "judgement.made", "fact.set", "note.written", "reason.written",
    }  # fmt: skip


def test_laptops_speak_of_themselves_and_of_nothing_else() -> None:
    assert kinds(lambda says: says.by_laptop) == {
        "device.joined", "session.began", "session.ended", "clock.jumped", "chain.signed",
        "laptop.joined", "receipt.given",
    }  # fmt: skip


@pytest.fixture
def weather() -> Iterator[type[Body]]:
    """A kind of event made up here: all that a new one needs."""

    class WeatherNoted(Body):
        """What the weather was on the way to a case."""

        says = Says(
            Aspect.NOTE,
            of_text("text"),
            ("item",),
            title="Weather on {item}",
            deed="looked out",
            undoable=True,
            work=True,
        )
        kind: Literal["weather.noted"] = "weather.noted"
        item: str
        text: str

    yield WeatherNoted
    del KINDS["weather.noted"]


def test_a_new_kind_is_saved_told_and_undone(weather: type[Body]) -> None:
    with Laptop(None, "a") as laptop:
        laptop.set_up("A")
        rain = weather.model_validate({"item": "Qax", "text": "rain"})
        laptop.log.record("A", rain)
        assert laptop.values("A")["note:Qax"] == "rain"
        assert [(each.deed, each.value) for each in changes(laptop.events)][-1] == ("looked out", "rain")
        laptop.log.undo("A")
        assert "note:Qax" not in laptop.values("A")
        assert_sound(laptop.database)
