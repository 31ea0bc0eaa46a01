"""The service that every face talks to: open a case, answer, judge, write, see where the ratings stand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from fieldtool.domain.errors import FieldtoolError
from fieldtool.domain.kinds.assessment import AnswerGiven, CaseCompleted, CaseReopened, FactSet, JudgementMade
from fieldtool.domain.kinds.kind import Body, setting
from fieldtool.domain.kinds.sample import CaseRemoved
from fieldtool.domain.log.conflicts import Conflict, ForkedEvent, Side
from fieldtool.domain.log.events import ChainId
from fieldtool.domain.log.history import Change, changes
from fieldtool.domain.method import rating, walk
from fieldtool.domain.method.case import Answer, Aspect, Case, Judgement, Slot
from fieldtool.domain.method.case_line import CaseState
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.method.rating import OverallStanding, StandardStanding
from fieldtool.domain.method.tally import Count
from fieldtool.store.audit import file_check
from fieldtool.store.chain import conflicts, drafts
from fieldtool.store.chain.clock import SteadyClock, WallClock, system_clock
from fieldtool.store.chain.log import Log, new_device
from fieldtool.store.chain.reading import device_of, events_about, history
from fieldtool.store.chain.session import Session
from fieldtool.store.views import queries
from fieldtool.store.views.laptops import beyond_removal, limits
from fieldtool.work.inspection_file import InspectionFile


class InspectionError(FieldtoolError):
    """What was asked for cannot be done, in one sentence fit for an inspector."""


class Undone(NamedTuple):
    """What undo has taken back, and the case after it."""

    slot: Slot
    was: str | None
    case: Case


class Standing(NamedTuple):
    """Where the whole inspection stands."""

    standards: tuple[StandardStanding, ...]
    overall: OverallStanding


class Inspection:
    """An inspection as one person works in it.

    Every method that records something returns when it is durable, and raises StoreError, with nothing
    changed, when it could not be made so.

    Args:
        file: the open file.
        person: the id of who works here; whoever only looks needs none.
        steady: a clock that only goes forward, where what is recorded is a session of work, which is put on
            record and signed: see `sign_off`.
    """

    def __init__(
        self,
        file: InspectionFile,
        person: str | None = None,
        clock: WallClock = system_clock,
        steady: SteadyClock | None = None,
    ) -> None:
        self.file = file
        self.person = person
        self._database = file.database
        self._clock = clock
        self._steady = steady
        self.look_whether_removed()
        if not file.why_read_only and person is not None:
            file_check.catch_up(self._database)
            self._settle_left_over()

    @cached_property
    def framework(self) -> Framework:
        """The instrument."""
        return queries.framework(self._database)

    @cached_property
    def fieldwork(self) -> tuple[date | None, date | None]:
        """The first and the last day of fieldwork, where they are known."""
        return queries.fieldwork(self._database)

    @property
    def why_only_look(self) -> str:
        """Why nothing at all can be recorded here; empty if it can."""
        return self.file.why_read_only or ("opened to look only" if self.person is None else "")

    # ------------------------------------------------------------------ cases

    def case(self, ref: str) -> Case:
        """Open a case.

        Raises:
            InspectionError: there is none of this reference.
        """
        case = queries.case(self._database, ref) or queries.case(self._database, ref.strip().upper())
        if case is None:
            raise InspectionError(f"There is no case {ref} in this inspection: see `fieldtool progress`.")
        return case

    def cases(self, *, complete_only: bool = False) -> Iterator[Case]:
        """Every case, in the order of their references."""
        return queries.cases(self._database, complete_only=complete_only)

    def why_read_only(self, case: Case) -> str:
        """Say why this person may not write in a case; empty if they may."""
        if why := self.why_only_look:
            return why
        if case.complete:
            return "complete: reopen it to change it"
        return self._why_not_holder(case)

    def _why_not_holder(self, case: Case) -> str:
        if case.holder and case.holder != self.person:
            return f"held by {case.holder}: you can read it"
        return ""

    def answer(self, case: Case, prompt: str, answer: Answer | None) -> Case:
        """Answer a prompt, or with None take the answer back."""
        return self._set(case, AnswerGiven(prompt=prompt, answer=answer))

    def judge(self, case: Case, key_question: str, judgement: Judgement | None) -> Case:
        """Record the inspector's judgement of a key question, or with None take it back."""
        return self._set(case, JudgementMade(key_question=key_question, judgement=judgement))

    def set_fact(self, case: Case, fact: str, value: str | None) -> Case:
        """Record a case fact; answers to items that it closes are kept, and count again when it reopens them.

        Raises:
            InspectionError: the fact has no such choice.
        """
        known = self.framework.facts_by_id[fact]
        if known.kind == "choice" and value not in {None, *(choice.id for choice in known.choices)}:
            raise InspectionError(f"{known.title} has no choice {value}.")
        # A blank text is no text: it must not pass for a required fact.
        return self._set(case, FactSet(fact=fact, to=(value or "").strip() or None))

    def keep_text(self, case: Case, slot: Slot, text: str) -> None:
        """Make a note or reason durable as it is being typed; it becomes part of the log by `write_text`."""
        self._must_be_writable(case)
        drafts.keep(self._database, self.log, case.ref, slot, text)

    def write_text(self, case: Case, slot: Slot, text: str) -> Case:
        """Record a note or a reason; an empty text takes it back."""
        self._must_be_writable(case)
        drafts.settle(self._database, self.log, case.ref, slot, text)
        return case.with_value(slot, text.strip() or None)

    def undo(self, case: Case) -> Undone | None:
        """Take back the latest change to the case on this installation; None if there is none left."""
        self._must_be_writable(case)
        # Read before and not after: once something is recorded, nothing may fail any more.
        case = self.case(case.ref)
        taken = self.log.undo(case.ref)
        if taken is None:
            return None
        body = taken.event.body
        return Undone(body.slot, body.value, case.with_value(body.slot, taken.now))

    def complete(self, case: Case) -> Case:
        """Say that the case is done.

        Raises:
            InspectionError: something is missing.
        """
        case = self.case(case.ref)
        self._must_be_writable(case)
        self._nothing_is_missing(case)
        return self._recorded(case, CaseCompleted())

    def reopen(self, case: Case, why: str) -> Case:
        """Open a complete case again: its holder does, or a lead inspector, who so sends it back.

        Raises:
            InspectionError: no reason was given, the case is not complete, or another holds it.
        """
        case = self.case(case.ref)
        if not why.strip():
            raise InspectionError(f"Say why {case.ref} is reopened.")
        why_not = "" if self._leads else self._why_not_holder(case)
        if why_not or not case.complete:
            raise InspectionError(f"{case.ref} is {why_not or 'not complete'}.")
        return self._recorded(case, CaseReopened(why=why.strip()))

    def history(self, case: Case, slot: Slot) -> tuple[Change, ...]:
        """What was ever recorded in a slot of a case, the latest first."""
        return changes(history(self._database, case.ref, slot), beyond_removal(self._database))[::-1]

    def whole_history(self, case: Case) -> tuple[Change, ...]:
        """Everything that was ever recorded of a case, the oldest first."""
        return changes(events_about(self._database, case.ref), beyond_removal(self._database))

    def being_written(self, case: Case) -> Mapping[Slot, str]:
        """Texts that somebody was typing and that are not in the log yet."""
        return {d.slot: d.text for d in drafts.left_over(self._database) if d.subject == case.ref}

    def contested(self, case: Case) -> frozenset[Slot]:
        """The slots of a case that two people filled without knowing of each other."""
        return queries.contested(self._database, case.ref)

    def texts_used(self, fact: str) -> tuple[str, ...]:
        """The values that a case fact has anywhere in the inspection."""
        return queries.texts_used(self._database, fact)

    # ------------------------------------------------------------------ conflicts

    def conflicts(self, ref: str | None = None) -> tuple[Conflict, ...]:
        """What people said without knowing of each other, in one case or in the whole inspection."""
        return conflicts.conflicts(self._database, ref)

    def forked(self) -> tuple[ForkedEvent, ...]:
        """What is kept of chains that have gone two ways, as when an old file was put back, and is undecided."""
        return conflicts.forked_events(self._database)

    def why_not_settle(self, ref: str) -> str:
        """Say why this person may not settle what is about a case, or the inspection itself; empty if they may."""
        if why := self.why_only_look:
            return why
        holder = self.case(ref).holder if ref else "nobody"
        if self._leads or holder in (None, self.person):
            return ""
        return f"for {holder} or the lead inspector to settle" if ref else "for the lead inspector to settle"

    def settle(self, conflict: Conflict, side: Side) -> None:
        """Settle a conflict by what one side said; history keeps all, and a draw that is chosen decides who is in.

        Raises:
            InspectionError: this person may not, or something is missing from a case that is to be complete.
        """
        self._may_settle(conflict.ref)
        if side.value == CaseState.COMPLETE and conflict.slot.aspect is Aspect.COMPLETION:
            self._nothing_is_missing(self.case(conflict.ref))
        given_up = tuple(self._given_up(conflict, side)) if conflict.slot.aspect is Aspect.DRAW else ()
        conflicts.settle(
            self._database, self.log, conflict, conflicts.said_by(self._database, side), given_up
        )
        self.forget()

    def _given_up(self, conflict: Conflict, chosen: Side) -> Iterator[tuple[str, Body]]:
        """What becomes of the cases that only the draws have which are not chosen."""
        drawn = [frozenset(json.loads(side.value)["cases"]) for side in conflict.sides if side.value]
        kept = frozenset(json.loads(chosen.value)["cases"]) if chosen.value else frozenset()
        for line in self.file.lines(sorted(frozenset().union(*drawn) - kept)):
            if line.sample == conflict.slot.item:
                yield line.ref, CaseRemoved(why="another draw of the sample was chosen")

    def settle_with(self, conflict: Conflict, value: str | None) -> None:
        """Settle a conflict by a value of this person's own; None takes back what all sides said.

        Raises:
            InspectionError: this person may not, or the slot cannot have this value.
        """
        self._may_settle(conflict.ref)
        try:
            body = setting(conflict.slot, (value or "").strip() or None)
        except ValueError as error:
            raise InspectionError(f"{value} cannot be recorded there.") from error
        if body is None:
            raise InspectionError("Choose one of the sides: nothing else can be recorded there.")
        conflicts.settle(self._database, self.log, conflict, body)

    def keep_settling(self, conflict: Conflict, text: str) -> None:
        """Make a text that is to settle a conflict durable as it is being typed."""
        self._may_settle(conflict.ref)
        drafts.keep(self._database, self.log, conflict.ref, conflict.slot, text)

    def give_up_settling(self, conflict: Conflict) -> None:
        """Drop what was typed to settle a conflict, which stays open."""
        with self._database.transaction():
            drafts.drop(self._database, conflict.ref, conflict.slot)

    def decide(self, forked: ForkedEvent, *, taken: bool) -> None:
        """Record anew, as this person, what an event of a forked chain says; or that it stays without effect.

        Raises:
            InspectionError: this person may not.
        """
        self._may_settle(forked.ref)
        conflicts.decide(self._database, self.log, forked, taken=taken)
        self.forget()

    def _may_settle(self, ref: str) -> None:
        if why := self.why_not_settle(ref):
            raise InspectionError(f"{ref or 'This'} is {why}.")

    # ------------------------------------------------------------------ ratings

    def counts(self, *, complete_only: bool = False) -> Mapping[str, Count]:
        """The running count of every prompt and key question; of complete cases alone, all others are open."""
        every = queries.counts(self._database)
        if not complete_only:
            return every
        complete = queries.counts(self._database, complete_only=True)
        return {item: complete.get(item, Count()).among(count) for item, count in every.items()}

    def standing(self, *, complete_only: bool = False) -> Standing:
        """Where every standard stands, and the overall rating or why there is none."""
        standards = rating.standings(self.framework, self.counts(complete_only=complete_only))
        ratings = {standing.standard.id: standing.provisional for standing in standards}
        return Standing(standards, rating.overall(self.framework, ratings, self.unrated))

    @property
    def unrated(self) -> Mapping[str, str]:
        """Why standards were left unrated, by number."""
        return queries.unrated(self._database)

    # ------------------------------------------------------------------ the file

    def record(self, *bodies: Body) -> None:
        """Record what concerns the inspection itself, not a case."""
        self.log.record("", *bodies)
        self.forget()

    def record_all(self, deeds: Iterable[tuple[str, Sequence[Body]]]) -> None:
        """Record what concerns several cases, each by its reference, in one transaction: all of it or nothing."""
        log = self.log  # made now, because a new device is a transaction of its own
        with self._database.transaction():
            for ref, bodies in deeds:
                log.record_within(ref, *bodies)
        self.forget()

    def forget(self) -> None:
        """Read framework, dates and team again when they are next asked for: something came in about them."""
        for name in ("framework", "fieldwork"):
            self.__dict__.pop(name, None)
        self.file.forget()

    def look_whether_removed(self) -> None:
        """Let nobody write on a laptop that was removed: it would have no effect anywhere."""
        device = device_of(self._database)
        if device is not None and device.id in limits(self._database):
            self.file.why_read_only = self.file.why_read_only or "this laptop was removed from the inspection"

    def sign_off(self) -> None:
        """End the session: sign what was recorded; nothing happens if nothing is new since the last signature.

        Called when the app closes or locks, after what was being written is settled and before the file is closed.

        Raises:
            StoreError: it could not be saved; what was recorded is safe, and the next session signs it.
        """
        working = self.person is not None and self._database.writable
        device = device_of(self._database) if working else None
        # On a laptop that was removed, nothing more can be recorded.
        if device is not None and self._session is not None and device.id not in limits(self._database):
            self._session.sign_off(self.log)

    def findings(self) -> Iterator[str]:
        """Everything that is wrong with the file, a sentence each."""
        return file_check.findings(self._database)

    def unknown_kinds(self) -> Mapping[str, int]:
        """How many events there are of each kind that this version does not know: kept, without effect here."""
        return file_check.unknown_kinds(self._database)

    # ------------------------------------------------------------------ within

    @cached_property
    def log(self) -> Log:
        """What appends to the log in the name of who works here, within a session if this is one."""
        if self.person is None:
            raise InspectionError("Say who you are before you record anything.")
        due = None if self._session is None else self._session.due
        return Log(self._database, self._device, self.person, self._clock, due)

    @cached_property
    def _session(self) -> Session | None:
        if self._steady is None or self.person is None:
            return None
        return Session(self._database, self._device, self.person, self._steady)

    @cached_property
    def _device(self) -> ChainId:
        return device_of(self._database) or new_device(self._database)

    def _set(self, case: Case, body: AnswerGiven | JudgementMade | FactSet) -> Case:
        self._must_be_writable(case)
        if case.values.get(body.slot) == body.value and self._nothing_new(case.ref, body.slot, body.value):
            return case
        return self._recorded(case, body)

    def _recorded(self, case: Case, body: Body) -> Case:
        """Record something, and say what the case is now without a look at the disk, which might fail."""
        self.log.record(case.ref, body)
        return case.with_value(body.slot, body.value)

    @property
    def _leads(self) -> bool:
        return any(known.id == self.person and known.role == "lead_inspector" for known in self.file.people)

    def _nothing_new(self, ref: str, slot: Slot, value: str | None) -> bool:
        """Whether the log says so too: what is shown may be behind it, or one side of a conflict."""
        heads = queries.head_values(self._database, ref, slot)
        return heads == (value,) or (value is None and not heads)

    def _nothing_is_missing(self, case: Case) -> None:
        if left := walk.missing(self.framework, case):
            more = f" and {len(left) - 1} more" if len(left) > 1 else ""
            raise InspectionError(f"{case.ref} is not complete: {left[0].what}{more} missing.")

    def _must_be_writable(self, case: Case) -> None:
        if why := self.why_read_only(case):
            raise InspectionError(f"{case.ref} is {why}.")

    def _settle_left_over(self) -> None:
        """Finish what this person was writing when the program was killed."""
        for draft in drafts.left_over(self._database, self.person):
            drafts.settle(self._database, self.log, draft.subject, draft.slot, draft.text)
