"""Small inspections made by hand for the screens: the same to the last byte that is shown, every time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from builders.cases import CRC, TINY
from fieldtool.domain.kinds.assessment import (
    AnswerGiven,
    CaseCompleted,
    FactSet,
    JudgementMade,
    NoteWritten,
    ReasonWritten,
)
from fieldtool.domain.kinds.inspection import FrameworkChosen, InspectionOpened, PersonJoined
from fieldtool.domain.kinds.kind import Body
from fieldtool.domain.kinds.sample import CaseAdded, CaseAssigned
from fieldtool.domain.log.events import ChainId
from fieldtool.domain.method.case import Answer, Judgement, Slot
from fieldtool.domain.method.framework import AgendaKind, Applies, Framework
from fieldtool.store.chain import drafts
from fieldtool.store.chain.log import Log
from fieldtool.store.file.database import Database
from fieldtool.store.keys import key_file
from fieldtool.store.keys.sealing import Cost
from fieldtool.work.inspection import Inspection
from fieldtool.work.inspection_file import InspectionFile
from fieldtool.work.lead.agenda import Agenda
from fieldtool.work.lead.lead import Lead

ME, OTHER, LEAD = "INS-01", "INS-02", "LEAD-1"


@dataclass(frozen=True)
class Planned:
    """A case to be made: how far it is, and what is special about it."""

    ref: str
    sample: str
    holder: str | None = ME
    state: str = "untouched"
    """untouched: some facts; begun: all facts and half of the items; done: all; complete: and completed."""
    facts: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


class Ticking:
    """A clock on the wall that goes on by a minute at each look."""

    def __init__(self) -> None:
        self.now = datetime(2020, 3, 9, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def make(
    path: Path,
    framework: Framework,
    cases: Sequence[Planned],
    *,
    title: str = "Visit 7",
    key: bytes | None = None,
) -> Path:
    """Write an inspection of three people and these cases into a new file."""
    with Database.create(path, key) as database:
        log = Log(database, ChainId("lead", 1), LEAD, Ticking())
        with database.transaction():
            log.record_within("", *_opening(framework, title))
            for place, case in enumerate(cases):
                log.record_within(case.ref, *_deeds(framework, case, place))
    return path


def _opening(framework: Framework, title: str) -> Iterator[Body]:
    yield InspectionOpened(provider="Somewhere", title=title)
    yield FrameworkChosen(framework=framework)
    yield PersonJoined(person=LEAD, name="Lead inspector", role="lead_inspector")
    yield PersonJoined(person=ME, name="Inspector 1", role="inspector")
    yield PersonJoined(person=OTHER, name="Inspector 2", role="inspector")


def _deeds(framework: Framework, case: Planned, place: int) -> Iterator[Body]:
    yield CaseAdded(sample=case.sample)
    if case.holder:
        yield CaseAssigned(person=case.holder)
    facts = facts_of(framework, case, place)
    for fact, value in facts.items():
        yield FactSet(fact=fact, to=value)
    if case.note:
        yield NoteWritten(item="", text=case.note)
    if case.state != "untouched":
        items = [i for i in framework.items_for(case.sample) if framework.applies(i, facts) is not Applies.NO]
        done = items[: len(items) // 2] if case.state == "begun" else items
        for number, item in enumerate(done):
            yield from _filled(framework, item, yes=(number * 7 + place * 3) % 5 > 1)
    if case.state == "complete":
        yield CaseCompleted()


def facts_of(framework: Framework, case: Planned, place: int) -> dict[str, str]:
    """The facts that a case is made with: every one once it is begun, else those given and the list's own."""
    found = dict(case.facts)
    for number, fact in enumerate(framework.facts_for(case.sample)):
        if fact.id in found or (case.state == "untouched" and fact.id != framework.list_fact):
            continue
        values = [choice.id for choice in fact.choices] or ["North", "East", "West"]
        found[fact.id] = values[(place + number) % len(values)]
    return found


def _filled(framework: Framework, item: str, *, yes: bool) -> Iterator[Body]:
    if item in framework.prompts_by_id:
        yield AnswerGiven(prompt=item, answer=Answer.YES if yes else Answer.NO)
        return
    yield JudgementMade(key_question=item, judgement=Judgement.YES if yes else Judgement.NO)
    yield ReasonWritten(key_question=item, text=f"As read in the file, on {item}.")


PASSPHRASE = "correct horse battery"  # noqa: S105  # of inspections made up here


def locked(path: Path, make_it: Callable[..., Path]) -> Path:
    """Make an inspection that PASSPHRASE opens, which costs a guess next to nothing."""
    key, _ = key_file.create_key(path, PASSPHRASE, cost=Cost(operations=1, memory=8192))
    return make_it(path, key=key)


def crc(path: Path, *more: Planned, key: bytes | None = None) -> Path:
    """An inspection by the shipped instrument, in the midst of its fieldwork."""
    return make(
        path,
        CRC,
        [
            Planned("CS-001", "case_supervision", state="complete"),
            Planned("CS-002", "case_supervision"),
            Planned("CS-003", "case_supervision", OTHER, "complete"),
            Planned("CS-004", "case_supervision", OTHER, "begun"),
            Planned("CS-005", "case_supervision", ME, "begun"),
            Planned("UW-01", "unpaid_work", ME),
            Planned("UW-02", "unpaid_work", OTHER, "complete"),
            Planned("UW-03", "unpaid_work", ME, "done"),
            Planned("TG-01", "through_the_gate", OTHER),
            Planned("TG-02", "through_the_gate", ME, "complete"),
            *more,
        ],
        key=key,
    )


def tiny(path: Path, *more: Planned, key: bytes | None = None) -> Path:
    """An inspection by the made-up instrument."""
    return make(
        path,
        TINY,
        [
            Planned("B-1", "branch", facts={"borough": "North", "stock": "tools"}),
            Planned("B-2", "branch", ME, "complete", {"borough": "North", "stock": "records"}),
            Planned("B-3", "branch", OTHER, "complete", {"borough": "South", "stock": "books"}),
            Planned("B-4", "branch", OTHER, "begun", {"borough": "South", "stock": "tools"}),
            *more,
        ],
        title="Libraries",
        key=key,
    )


def agenda_of(file: InspectionFile, person: str = LEAD) -> Agenda:
    return Agenda(Lead(Inspection(file, person)))


def fill(agenda: Agenda) -> Agenda:
    """Two interviews of officers, the first for ME alone, and a meeting a day after the second."""
    for id, kind, day, goes in (
        ("RO-1", AgendaKind.OFFICER_INTERVIEW, "2/3/2020", ME),
        ("RO-2", AgendaKind.OFFICER_INTERVIEW, "9/3/2020", ""),
        ("MT-1", AgendaKind.MEETING, "10/3/2020", LEAD),
    ):
        agenda.propose_item(
            agenda.read(kind, day=day, goes=goes, id=id, whom="[b]those[/b] who\x1b work")
        ).carry_out()
    return agenda


def noted(agenda: Agenda, item: str, on: str, text: str) -> None:
    """Note something at an item, as whoever works with the agenda."""
    agenda.write_note(agenda.note_slot(item, on), text)


def half_written(agenda: Agenda) -> dict[Slot, str]:
    """The notes that somebody was typing and that are not in the log yet."""
    return {draft.slot: draft.text for draft in drafts.left_over(agenda.lead.database)}
