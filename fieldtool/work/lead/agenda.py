"""The agenda: the lead plans, moves and cancels; whoever goes there notes, answers, and says that it took place."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

from fieldtool.domain.errors import Mistyped
from fieldtool.domain.kinds.agenda_items import (
    EvidenceNoted,
    InterviewAnswered,
    ItemCancelled,
    ItemDone,
    ItemPlanned,
    ItemPlannedAgain,
    ItemState,
)
from fieldtool.domain.log import agenda
from fieldtool.domain.log.agenda import AgendaItem, AnswerCount, Answers, Note
from fieldtool.domain.method.case import Slot
from fieldtool.domain.method.framework import AgendaKind, Form
from fieldtool.domain.words.days import day_and_time, typed_day
from fieldtool.domain.words.nearest import did_you_mean
from fieldtool.domain.words.numbers import listed
from fieldtool.store.chain import drafts
from fieldtool.store.views import agenda_rows, queries
from fieldtool.work.inspection import InspectionError
from fieldtool.work.lead.lead import Lead
from fieldtool.work.lead.plans import Plan, proposal


@dataclass(frozen=True, kw_only=True)
class Changed(Plan):
    """What planning, cancelling and the like would do."""

    items: tuple[str, ...]
    """The ids of the items that it changes; those that are so already are not among them."""


class Agenda:
    """The agenda of an inspection, as one person of the team works with it.

    Every method that proposes or records something raises InspectionError where the person who works here may not do
    it, and StoreError where it could not be saved.
    """

    def __init__(self, lead: Lead) -> None:
        self.lead = lead
        self.inspection = lead.inspection

    # ------------------------------------------------------------------ what there is

    @property
    def items(self) -> tuple[AgendaItem, ...]:
        """Every item, by day and time."""
        return agenda_rows.items(self.lead.database)

    def item(self, id: str) -> AgendaItem:
        """One item; small and large letters make no difference, where there is none of just this id.

        Raises:
            InspectionError: there is none, or two laptops made one each whose ids differ by these alone.
        """
        items = self.items
        alike = [item for item in items if item.id.casefold() == id.casefold()]
        meant = [item for item in alike if item.id == id] or alike
        if not meant:
            raise InspectionError(
                f"There is no item {id} on the agenda: {did_you_mean(id, [item.id for item in items])}"
            )
        if len(meant) > 1:
            raise InspectionError(
                f"{id} may be {listed([item.id for item in meant], 'or')}: write it as it is."
            )
        return meant[0]

    def _ids(self, ids: Iterable[str]) -> tuple[str, ...]:
        """The ids of items as they are written, none twice."""
        return tuple(dict.fromkeys(self.item(id).id for id in ids))

    def notes(self, item: str | None = None) -> tuple[Note, ...]:
        """What was noted at one item or at all, in the order of the standards."""
        notes = (note for note in agenda_rows.notes(self.lead.database) if item in (None, note.item))
        return agenda.by_standard(self.inspection.framework, notes)

    @property
    def answers(self) -> Answers:
        """The answers to the interview forms, by item and question."""
        return agenda_rows.answers(self.lead.database)

    @property
    def contested(self) -> frozenset[Slot]:
        """What two people said of the agenda without knowing of each other."""
        return queries.contested(self.lead.database, "")

    def form_of(self, item: AgendaItem) -> Form | None:
        """The interview form that is asked at an item, if the framework of the inspection has one for its kind."""
        return self.inspection.framework.form_for(item.plan.what)

    @property
    def counts(self) -> Mapping[str, tuple[AnswerCount, ...]]:
        """How often each answer was given, by the id of each interview form."""
        items, answers = self.items, self.answers
        return {form.id: agenda.counted(form, items, answers) for form in self.inspection.framework.forms}

    # ------------------------------------------------------------------ who may

    @property
    def why_not_plan(self) -> str:
        """Say why this person may not plan, move and cancel; empty if they may."""
        if not self.inspection.why_only_look and not self.lead.leads:
            return "for the lead inspector to do"
        return self.inspection.why_only_look

    def why_not_write(self, item: AgendaItem) -> str:
        """Say why this person may not write at an item; empty if they may."""
        if why := self.inspection.why_only_look:
            return why
        goes, mine = item.plan.goes, self.lead.team.get(self.inspection.person or "")
        if self.lead.leads:
            return ""
        if mine is None:
            return "for the people of the team to write"
        if goes:
            return "" if mine.id in goes else f"for those who go there to write: {', '.join(goes)}"
        # A local assessor works for the service that is inspected.
        return (
            ""
            if mine.role != "local_assessor"
            else "for inspectors to write, as nobody is named who goes there"
        )

    def _may_write(self, id: str) -> AgendaItem:
        item = self.item(id)
        why = self.why_not_write(item)
        if why:
            raise InspectionError(f"{item.id} is {why}.")
        return item

    # ------------------------------------------------------------------ planning

    def read(
        self,
        kind: AgendaKind,
        *,
        day: str,
        at: str = "",
        place: str = "",
        whom: str = "",
        goes: str = "",
        id: str = "",
    ) -> ItemPlanned:
        """Make a plan of what was typed; nothing is recorded yet.

        Args:
            goes: ids of people of the team, with spaces or commas between them.
            id: of the item; without one, it gets a new one.

        Raises:
            Mistyped: the day or the time cannot be read.
            InspectionError: nobody of the team has such an id, or no item can have it.
        """
        people = {person.casefold(): person for person in self.lead.team}
        going = []
        for word in goes.replace(",", " ").split():
            person = people.get(word.casefold())
            if person is None:
                raise InspectionError(f"{word} is not on the team: {did_you_mean(word, people.values())}")
            going.append(person)
        if id and (len(id) > LONGEST_ID or not _ID.fullmatch(id)):
            raise InspectionError(
                f'"{id}" cannot be the id of an item: up to {LONGEST_ID} letters, digits and hyphens, as "FG-1".'
            )
        return ItemPlanned(
            item=id or self._new_id(kind),
            what=kind,
            day=typed_day(day),
            at=time_of(at),
            place=place.strip(),
            whom=whom.strip(),
            goes=tuple(dict.fromkeys(going)),
        )

    @proposal
    def propose_item(self, plan: ItemPlanned, *, new: bool = True) -> Changed:
        """Put an item onto the agenda; or move one that is there, or change what else is planned of it."""
        self.lead.must_lead()
        if not new:
            return self._changed([] if self.item(plan.item).plan == plan else [plan])
        if any(item.id.casefold() == plan.item.casefold() for item in self.items):
            raise InspectionError(f"There is an item {plan.item} already: give this one another id.")
        return self._changed([plan])

    @proposal
    def propose_done(self, ids: Collection[str]) -> Changed:
        """Say that items took place."""
        items = [self._may_write(id) for id in self._ids(ids)]
        called_off = next((item for item in items if item.state is ItemState.CANCELLED), None)
        if called_off is not None:
            raise InspectionError(
                f"{called_off.id} was cancelled: let the lead inspector plan it again first."
            )
        return self._changed([ItemDone(item=item.id) for item in items if item.state is not ItemState.DONE])

    @proposal
    def propose_cancelled(self, ids: Collection[str], why: str) -> Changed:
        """Cancel items, all with one reason."""
        self.lead.must_lead()
        items = [self.item(id) for id in self._ids(ids)]
        done = next((item for item in items if item.state is ItemState.DONE), None)
        if done is not None:
            raise InspectionError(f"{done.id} is done: plan it again first if that is wrong.")
        return self._cancelled(items, why)

    @proposal
    def propose_cancelled_days(self, first: date, why: str, *, later: bool) -> Changed:
        """Cancel with one reason whatever is still planned on a day.

        Args:
            later: on all days after it too.
        """
        self.lead.must_lead()
        items = self.planned_from(first) if later else self.planned_on(first)
        if not items:
            when = f"from {day_and_time(first)} on" if later else f"on {day_and_time(first)}"
            raise InspectionError(f"Nothing is planned {when}.")
        return self._cancelled(items, why)

    @proposal
    def propose_again(self, ids: Collection[str]) -> Changed:
        """Let items that are done or cancelled be planned again."""
        self.lead.must_lead()
        items = [self.item(id) for id in self._ids(ids)]
        return self._changed(
            [ItemPlannedAgain(item=item.id) for item in items if item.state is not ItemState.PLANNED]
        )

    def planned_on(self, day: date) -> tuple[AgendaItem, ...]:
        """What is still planned on a day."""
        return tuple(item for item in self.planned_from(day) if item.plan.day == day)

    def planned_from(self, day: date) -> tuple[AgendaItem, ...]:
        """What is still planned from a day on."""
        return tuple(i for i in self.items if i.state is ItemState.PLANNED and i.plan.day >= day)

    def _cancelled(self, items: Iterable[AgendaItem], why: str) -> Changed:
        reason = " ".join(why.split())
        if not reason:
            raise InspectionError("Say why it is cancelled.")
        news = [item for item in items if (item.state, item.why) != (ItemState.CANCELLED, reason)]
        return self._changed([ItemCancelled(item=item.id, why=reason) for item in news])

    @staticmethod
    def _changed(bodies: Sequence[ItemPlanned | ItemDone | ItemCancelled | ItemPlannedAgain]) -> Changed:
        return Changed(deeds=(("", bodies),) if bodies else (), items=tuple(body.item for body in bodies))

    def _new_id(self, kind: AgendaKind) -> str:
        """An id that no other laptop makes too, though nobody is connected: by chance, and not by counting."""
        taken = {item.id.casefold() for item in self.items}
        while True:
            id = f"{_PREFIXES[kind]}-{''.join(secrets.choice(_SIGNS) for _ in range(4))}"
            if id.casefold() not in taken:
                return id

    # ------------------------------------------------------------------ notes and answers

    def note_slot(self, item: str, on: str) -> Slot:
        """Where this person's own note at an item on a standard or key question is kept.

        Raises:
            InspectionError: they may not write there, or there is no such standard or key question.
        """
        kept = self._may_write(item)
        known = list(agenda.numbers(self.inspection.framework))
        if on not in known:
            near = did_you_mean(on, known)
            raise InspectionError(f"There is no standard or key question {on}: {near}")
        return EvidenceNoted(item=kept.id, on=on, person=self.inspection.person or "", text="").slot

    def note_in(self, slot: Slot) -> str:
        """The text of a note."""
        return next((note.text for note in agenda_rows.notes(self.lead.database) if note.slot == slot), "")

    def keep_note(self, slot: Slot, text: str) -> None:
        """Make a note durable as it is being typed; it becomes part of the log by `write_note`."""
        self._may_write(Note.of(slot, "").item)
        drafts.keep(self.lead.database, self.inspection.log, "", slot, text)

    def write_note(self, slot: Slot, text: str) -> None:
        """Record a note; an empty text takes it back."""
        self._may_write(Note.of(slot, "").item)
        drafts.settle(self.lead.database, self.inspection.log, "", slot, text)

    def answer(self, item: str, given: Mapping[str, str | None]) -> None:
        """Record answers of one interview by their questions, all or none; None takes one back.

        Raises:
            InspectionError: the item has no form, the form no such question, or a question no such answer.
        """
        kept = self._may_write(item)
        form = self.form_of(kept)
        if form is None:
            raise InspectionError(
                f"The framework of this inspection has no interview form for {kept.id}, {kept.plan.what.words}."
            )
        _must_be_on_form(form, given)
        before, contested = self.answers, self.contested
        bodies = [
            body
            for question, answer in given.items()
            for body in [InterviewAnswered(item=kept.id, question=question, answer=answer)]
            if before.get((kept.id, question)) != answer or body.slot in contested
        ]
        if bodies:
            self.inspection.record(*bodies)


def _must_be_on_form(form: Form, given: Mapping[str, str | None]) -> None:
    known = {question.id: [answer.id for answer in question.answers] for question in form.questions}
    for question, answer in given.items():
        if question not in known:
            raise InspectionError(
                f"The interview form has no question {question}: {did_you_mean(question, known)}"
            )
        if answer is not None and answer not in known[question]:
            near = did_you_mean(answer, known[question])
            raise InspectionError(f'"{answer}" is not an answer to {question}: {near}')


def time_of(text: str) -> time | None:
    """Read a time as people type it: 9, 9:30, 09.30; None for nothing.

    Raises:
        Mistyped: it is none.
    """
    if not text.strip():
        return None
    match = re.fullmatch(r"(\d{1,2})(?:[:.]?(\d{2}))?", text.strip())
    try:
        if match:
            return time(int(match[1]), int(match[2] or 0))
    except ValueError:
        pass
    raise Mistyped(f'"{text}" is not a valid time: write it as 9:30 or 14:00.')


LONGEST_ID = 20
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
_PREFIXES = {
    AgendaKind.MEETING: "MT",
    AgendaKind.FOCUS_GROUP: "FG",
    AgendaKind.OFFICER_INTERVIEW: "RO",
    AgendaKind.USER_INTERVIEW: "SU",
    AgendaKind.OBSERVATION: "OB",
}
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody takes for one another."""
