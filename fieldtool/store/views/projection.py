"""The views of the log, brought up to date event by event, whatever the order in which events arrive."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from fieldtool.domain.kinds.base import Body
from fieldtool.domain.kinds.inspection import FrameworkChosen
from fieldtool.domain.log.events import Event, EventId
from fieldtool.domain.method.case import Aspect, Case, Slot
from fieldtool.domain.method.case_line import CaseState
from fieldtool.domain.method.framework import Applies, Framework
from fieldtool.domain.method.tally import Bucket, bucket_of, buckets
from fieldtool.domain.method.walk import progress
from fieldtool.store.chain.forks import Replaced
from fieldtool.store.chain.reading import case_of, read_events, understood, unreadable
from fieldtool.store.file.database import Database
from fieldtool.store.views.laptops import BELONGING, Limits, is_beyond, limits, said_of_laptops
from fieldtool.store.views.tables import ALL, COMPLETE, VIEWS, WORDS, WORK, AtHand, Head


class Projection:
    """Keeps the views equal to what a rebuild would make of the log.

    Used inside a transaction of its owner, who calls `flush` before the commit.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._moves: dict[tuple[str, str], list[int]] = {}
        self._at_hand: AtHand | None = None
        self.counts_later = False
        """Whether cases and tallies are recounted at last."""
        self._limits_before: Limits | None = None
        self._misled = False

    @property
    def _run(self) -> Any:
        return self._database.connection.execute  # not kept, because a spoilt connection is replaced

    @cached_property
    def framework(self) -> Framework | None:
        """The instrument of the inspection, once it was chosen."""
        row = self._run(
            "SELECT value FROM head WHERE subject = '' AND slot = ? AND shown", (str(Slot(Aspect.FRAMEWORK)),)
        ).fetchone()
        if row is None or row[0] is None:
            return None
        return FrameworkChosen.model_validate_json(f'{{"framework": {row[0]}}}').framework

    @cached_property
    def limits(self) -> Limits:
        """From where on what removed laptops recorded has no effect."""
        return limits(self._database)

    def heads(self, subject: str, slot: str) -> list[Head]:
        """The heads of a slot, the one that is shown first."""
        return [
            Head(EventId(row[0], row[1], row[2]), row[3], row[4])
            for row in self._run(_HEADS, (subject, slot)).fetchall()
        ]

    def apply(
        self, event: Event, slot: Slot, value: str | None, heads: list[Head], *, replaced: bool = False
    ) -> None:
        """Bring the views up to date with one event that is new to the log.

        Args:
            slot, value: what its body says.
            heads: the heads of the slot so far.
            replaced: whether an event that replaces this one has arrived before it.
        """
        if slot.aspect in BELONGING:
            self.laptops_changed()
        before = heads[0].value if heads else None
        after = self._replace_heads(event, value, heads, replaced)
        if event.subject:
            if not self.counts_later:
                self._update_case(event, slot, before, after)
        elif slot.aspect is Aspect.FRAMEWORK and not self.counts_later:
            self.recount()

    def apply_in_any_order(self, event: Event) -> None:
        """Do as `apply` does for an event from elsewhere.

        It may come before those it replaces or after its successor, and it may be unreadable: then it is
        named in `set_aside` and has no effect.
        """
        places = self._run(_FORGET_REPLACED, event.id).fetchall()
        body, why_not = understood(event.kind, event.slot, event.text)
        self.look_for_removed(event)
        if body is not None:
            for parent in event.parents:
                self._run(_REMEMBER_REPLACED, (*parent, event.subject, event.slot, event.at, *parent))
        replaced = any(at > event.at for *place, at in places if place == [event.subject, event.slot])
        self._apply_or_set_aside(event, body, why_not, replaced)

    def is_here(self, id: EventId) -> None:
        """Forget that an event was replaced before it came: one of its number is in the log now."""
        self._run(_FORGET_REPLACED, id)

    def look_for_removed(self, event: Event) -> None:
        """Note whether the views must be made anew at last, since a removed laptop is concerned."""
        if self.limits and any(is_beyond(self.limits, id) for id in (event.id, *event.parents)):
            self._misled = True

    def laptops_changed(self) -> None:
        """Note that something is said of laptops: if one was removed, the views are made anew at last."""
        if self._limits_before is None:
            self._limits_before = self.limits

    def rebuild(self, read: Callable[[], Iterable[Event]]) -> int:
        """Make every view anew from all events of the log, whatever the order in which `read` gives them.

        Returns:
            The number of events.
        """
        for view in VIEWS:
            self._run(f"DELETE FROM {view}")
        self.forget()
        with self.counting_later():
            # First what is said of laptops: it decides what counts of all the others.
            said = said_of_laptops(self._database)
            self._apply_all(said, Replaced.by(said))
            self.forget()
            # Not by `replaced_early`: it looks into the log for what has arrived, and here all of it has.
            replaced = Replaced.by(read(), lambda event: is_beyond(self.limits, event.id))
            skip = {event.id for event in said}
            number = self._apply_all((event for event in read() if event.id not in skip), replaced) + len(
                said
            )
        missing = replaced.elsewhere - skip
        for event in read() if missing else ():
            if not unreadable(event):
                for parent in missing.intersection(event.parents):
                    self._run(_REMEMBER_REPLACED, (*parent, event.subject, event.slot, event.at, *parent))
        return number

    def _apply_all(self, events: Iterable[Event], replaced: Replaced) -> int:
        number = 0
        for event in events:
            body, why_not = understood(event.kind, event.slot, event.text)
            stands = not replaced.holds(event)
            if body is not None and body.slot.aspect not in BELONGING and is_beyond(self.limits, event.id):
                self._run("INSERT INTO beyond_removal VALUES (?, ?, ?)", event.id)
            else:
                self._apply_or_set_aside(event, body, why_not, not stands)
            number += 1
        return number

    def _apply_or_set_aside(self, event: Event, body: Body | None, why_not: str, replaced: bool) -> None:
        if body is None:
            self._run("INSERT INTO set_aside VALUES (?, ?, ?, ?)", (*event.id, why_not))
            return
        heads = self.heads(event.subject, event.slot)
        self.apply(event, body.slot, body.value, heads, replaced=replaced)

    def forget(self) -> None:
        """Drop what is remembered: a transaction was taken back, or another connection has written."""
        self._forget_counts()
        self._limits_before, self._misled = None, False
        self.__dict__.pop("limits", None)

    def _forget_counts(self) -> None:
        self._moves.clear()
        self._at_hand = None
        self.__dict__.pop("framework", None)

    def forget_case(self) -> None:
        """Drop what is remembered of the case at hand: more was written than `apply` has seen."""
        self._at_hand = None

    def flush(self) -> None:
        """Write the moves of the tallies that have come together; make all anew where laptops were removed."""
        if self._limits_before is not None:
            self.__dict__.pop("limits", None)
            self._misled |= self._limits_before != self.limits
            self._limits_before = None
        if self._misled:
            self.rebuild(lambda: read_events(self._database))
        for row, counts in self._moves.items():
            if any(counts):
                self._run(_MOVE_TALLY, (*row, *counts))
        self._moves.clear()

    @contextmanager
    def counting_later(self) -> Iterator[None]:
        """Leave cases and tallies alone in the block and recount them after it: faster for a whole log."""
        self.counts_later = True
        try:
            yield
        finally:
            self.counts_later = False
        self.recount()

    def recount(self) -> None:
        """Make the lines of the cases and the tallies anew from the heads."""
        self._forget_counts()
        self._run("DELETE FROM case_line")
        self._run("DELETE FROM tally")
        subjects = self._run(
            "SELECT subject FROM head WHERE slot = ? AND shown AND value IS NOT NULL",
            (str(Slot(Aspect.SAMPLE)),),
        ).fetchall()
        for (ref,) in subjects:
            self._add_line(ref)
        self.flush()

    def _shown(self, subject: str, slot: str) -> str | None:
        row = self._run(
            "SELECT value FROM head WHERE subject = ? AND slot = ? AND shown", (subject, slot)
        ).fetchone()
        return None if row is None else row[0]

    def _replace_heads(
        self, event: Event, value: str | None, heads: list[Head], replaced: bool
    ) -> str | None:
        where = (event.subject, event.slot)
        # What is later cannot be what was replaced: it is the other event of that number, where a chain has forked.
        left = [head for head in heads if head.id not in event.parents or head.at > event.at]
        if len(heads) == 1 and not left and not replaced:
            self._run(REPLACE_HEAD, (*event.id, event.at, value, *where, *heads[0].id))
            return value
        for head in heads:
            if head not in left:
                self._run(DROP_HEAD, (*where, *head.id))
        if not replaced:
            new = Head(event.id, event.at, value)
            # The clock only says which of several heads is shown; a person settles which holds.
            shown = not left or (new.at, new.id) > (left[0].at, left[0].id)
            if shown and left:
                self._run("UPDATE head SET shown = 0 WHERE subject = ? AND slot = ?", where)
            self._run(_ADD_HEAD, (*where, *event.id, event.at, int(shown), new.value))
            if shown:
                return new.value
        if left and left[0] != heads[0]:
            self._run(_SHOW_HEAD, (*where, *left[0].id))
        return left[0].value if left else None

    def _update_case(self, event: Event, slot: Slot, before: str | None, after: str | None) -> None:
        line = self._line(event.subject)
        if line is None or slot.aspect is Aspect.SAMPLE:
            if line is not None:
                self._remove_line(event.subject, before if slot.aspect is Aspect.SAMPLE else line.sample)
            self._add_line(event.subject)
            self._at_hand = None
            return
        done = worked = 0
        if before != after:
            if slot.aspect in (Aspect.ANSWER, Aspect.JUDGEMENT):
                done = self._move_item(line, slot, before, after)
            elif slot.aspect is Aspect.FACT:
                self._move_fact(event.subject, slot.item, before, line.complete)
            elif slot.aspect is Aspect.HOLDER:
                self._run("UPDATE case_line SET holder = ? WHERE ref = ?", (after or "", event.subject))
            elif slot.aspect is Aspect.COMPLETION:
                self._move_completion(event.subject, line.complete, after == CaseState.COMPLETE)
            if slot.aspect in WORK:
                worked = (after is not None) - (before is not None)
        self._run(TOUCH, (event.at, event.wall, done, worked, event.subject))
        # What it says of a case is unchanged by answers, judgements and texts; those are nearly all events.
        self._at_hand = line._replace(appended=self._database.appended) if slot.aspect in WORDS else None

    def _line(self, ref: str) -> AtHand | None:
        """What decides how an event about a case is counted; remembered while nobody else appends."""
        known = self._at_hand
        if known is not None and known.ref == ref and known.appended + 1 == self._database.appended:
            return known
        row = self._run("SELECT sample, complete FROM case_line WHERE ref = ?", (ref,)).fetchone()
        return None if row is None else AtHand(ref, row[0], bool(row[1]), self._facts(ref), 0)

    def _move_item(self, line: AtHand, slot: Slot, before: str | None, after: str | None) -> int:
        framework, item = self.framework, slot.item
        if framework is None or item not in framework.items_for(line.sample):
            return 0
        # An answer to the number of a key question is kept, and counts as little as it does in a recount.
        if (slot.aspect is Aspect.ANSWER) is not (item in framework.prompts_by_id):
            return 0
        if framework.applies(item, line.facts) is Applies.NO:
            return 0
        self._move(item, bucket_of(framework, item, line.facts, before), -1, line.complete)
        self._move(item, bucket_of(framework, item, line.facts, after), +1, line.complete)
        return (after is not None) - (before is not None)

    def _move_fact(self, ref: str, fact: str, before: str | None, complete: bool) -> None:
        framework = self.framework
        if framework is None:
            return
        now = self.case(ref)
        then = now.with_value(Slot(Aspect.FACT, fact), before)
        if framework.decided_by.get(fact):
            self._move_all(framework, then, -1, complete)
            self._move_all(framework, now, +1, complete)
        done, due = progress(framework, now)
        place = now.facts.get(framework.list_fact or "", "")
        self._run("UPDATE case_line SET done = ?, due = ?, place = ? WHERE ref = ?", (done, due, place, ref))

    def _move_completion(self, ref: str, was: bool, now: bool) -> None:
        if was == now or self.framework is None:
            return
        self._run("UPDATE case_line SET complete = ? WHERE ref = ?", (int(now), ref))
        for item, bucket in buckets(self.framework, self.case(ref)).items():
            self._move_in(COMPLETE, item, bucket, +1 if now else -1)

    def _move_all(self, framework: Framework, case: Case, cases: int, complete: bool) -> None:
        for item, bucket in buckets(framework, case).items():
            self._move(item, bucket, cases, complete)

    def _move(self, item: str, bucket: Bucket, cases: int, complete: bool) -> None:
        self._move_in(ALL, item, bucket, cases)
        if complete:
            self._move_in(COMPLETE, item, bucket, cases)

    def _move_in(self, scope: str, item: str, bucket: Bucket, cases: int) -> None:
        counts = self._moves.setdefault((item, scope), [0] * len(_PLACES))
        counts[_PLACES[bucket]] += cases

    def _add_line(self, ref: str) -> None:
        framework = self.framework
        if framework is None or self._shown(ref, str(Slot(Aspect.SAMPLE))) is None:
            return
        case = self.case(ref)
        if case.sample in framework.samples_by_id:
            self._put_line(framework, case, self._last_touch(ref))

    def _put_line(self, framework: Framework, case: Case, touched: tuple[int, str]) -> None:
        done, due = progress(framework, case)
        self._run(
            "INSERT OR REPLACE INTO case_line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                case.ref,
                case.sample,
                case.facts.get(framework.list_fact or "", ""),
                case.holder or "",
                sum(slot.aspect in WORK for slot in case.values),
                int(case.complete),
                done,
                due,
                *touched,
            ),
        )
        self._move_all(framework, case, +1, case.complete)

    def _remove_line(self, ref: str, sample: str | None) -> None:
        framework = self.framework
        if framework is not None and sample is not None:
            case = self.case(ref)
            case = Case.model_construct(ref=ref, sample=sample, values=case.values)
            self._move_all(framework, case, -1, case.complete)
        self._run("DELETE FROM case_line WHERE ref = ?", (ref,))

    def _last_touch(self, ref: str) -> tuple[int, str]:
        row = self._run(_LAST_TOUCH, (ref,)).fetchone()
        return (0, "") if row is None else (row[0], row[1])

    def _facts(self, ref: str) -> dict[str, str]:
        rows = self._run(_FACTS, (ref,)).fetchall()
        return {Slot.parse(slot).item: value for slot, value in rows}

    def case(self, ref: str) -> Case:
        """A case as its heads show it; without a sample if it was not added yet."""
        return case_of(ref, self._run(_SHOWN, (ref,)).fetchall())


_REMEMBER_REPLACED = """
    INSERT INTO replaced_early SELECT ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (
        SELECT 1 FROM event WHERE device = ? AND incarnation = ? AND seq = ?)
    ON CONFLICT DO UPDATE SET at = max(at, excluded.at)
"""
_FORGET_REPLACED = """
    DELETE FROM replaced_early WHERE device = ? AND incarnation = ? AND seq = ? RETURNING subject, slot, at
"""
DROP_HEAD = """
    DELETE FROM head WHERE subject = ? AND slot = ? AND device = ? AND incarnation = ? AND seq = ?
"""
REPLACE_HEAD = """
    UPDATE head SET device = ?, incarnation = ?, seq = ?, at = ?, shown = 1, value = ?
    WHERE subject = ? AND slot = ? AND device = ? AND incarnation = ? AND seq = ?
"""
_ADD_HEAD = """
    INSERT INTO head (subject, slot, device, incarnation, seq, at, shown, value)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_HEADS = """
    SELECT device, incarnation, seq, at, value FROM head WHERE subject = ? AND slot = ?
    ORDER BY at DESC, device DESC, incarnation DESC, seq DESC
"""
_SHOW_HEAD = """
    UPDATE head SET shown = 1 WHERE subject = ? AND slot = ? AND device = ? AND incarnation = ? AND seq = ?
"""
TOUCH = """
    UPDATE case_line SET touched_at = max(touched_at, ?1), done = done + ?3, worked = worked + ?4,
        touched = CASE WHEN (touched_at, touched) < (?1, ?2) THEN ?2 ELSE touched END
    WHERE ref = ?5
"""
# Whatever is replaced is older than what replaces it, so the latest event of a case is one of its heads.
_LAST_TOUCH = """
    SELECT head.at, event.wall FROM head JOIN event USING (device, incarnation, seq)
    WHERE head.subject = ? ORDER BY head.at DESC, event.wall DESC LIMIT 1
"""
_SHOWN = "SELECT slot, value FROM head WHERE subject = ? AND shown AND value IS NOT NULL"
_FACTS = _SHOWN + " AND slot >= 'fact:' AND slot < 'fact;'"
_PLACES = {bucket: place for place, bucket in enumerate(Bucket)}
_MOVE_TALLY = """
    INSERT INTO tally (item, scope, yes, no, not_relevant, open, out) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET yes = yes + excluded.yes, no = no + excluded.no,
        not_relevant = not_relevant + excluded.not_relevant,
        open = open + excluded.open, out = out + excluded.out
"""
