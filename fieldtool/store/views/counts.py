"""What is counted of cases: their lines, and the running tallies, kept in step with the heads."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

from fieldtool.domain.kinds.inspection import FrameworkChosen
from fieldtool.domain.method.case import Aspect, Case, Slot
from fieldtool.domain.method.framework import Applies, Framework
from fieldtool.domain.method.tally import Bucket, bucket_of, buckets
from fieldtool.domain.method.walk import progress
from fieldtool.store.chain.reading import case_of
from fieldtool.store.file.database import Database
from fieldtool.store.views.tables import ALL, COMPLETE, WORDS, WORK, AtHand


class Change(NamedTuple):
    """A slot that was written, and what was shown in it before and is after."""

    slot: Slot
    before: str | None
    after: str | None


class Counts:
    """Keeps lines of cases and tallies; used inside a transaction of its owner, who calls `flush` before the commit."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._moves: dict[tuple[str, str], list[int]] = {}
        self._at_hand: AtHand | None = None

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

    def forget(self) -> None:
        """Drop what is remembered: a transaction was taken back, or another connection has written."""
        self._moves.clear()
        self._at_hand = None
        self.__dict__.pop("framework", None)

    def count(self, ref: str, changes: Sequence[Change], touched: tuple[int, str]) -> None:
        """Count what is otherwise now in a case; its heads are written already.

        Args:
            touched: when the latest of the new events was written.
        """
        line = self._line(ref)
        if line is None or any(change.slot.aspect not in WORDS for change in changes):
            self._at_hand = None
            self._count_anew(ref, changes, touched)
            return
        done = worked = 0
        for slot, before, after in changes:
            if before != after:
                worked += (after is not None) - (before is not None)
                if slot.aspect in (Aspect.ANSWER, Aspect.JUDGEMENT):
                    done += self._move_item(line, slot, before, after)
        self._run(_TOUCH, (*touched, done, worked, ref))
        # What it says of a case is unchanged by answers, judgements and texts; those are nearly all events.
        self._at_hand = line._replace(appended=self._database.appended)

    def _count_anew(self, ref: str, changes: Sequence[Change], touched: tuple[int, str]) -> None:
        framework = self.framework
        if framework is None:
            return
        now = dict(self._run(_SHOWN, (ref,)).fetchall())
        case = case_of(ref, now.items())
        row = self._run("SELECT touched_at, touched FROM case_line WHERE ref = ?", (ref,)).fetchone()
        if row is not None:
            was = {**now, **{str(change.slot): change.before for change in changes}}
            before = case_of(ref, [(slot, value) for slot, value in was.items() if value is not None])
            self._move_all(framework, before, -1)
        if case.sample not in framework.samples_by_id:
            self._run("DELETE FROM case_line WHERE ref = ?", (ref,))
            return
        self._put_line(framework, case, self._last_touch(ref) if row is None else max((*row,), touched))

    def recount(self) -> None:
        """Make the lines of the cases and the tallies anew from the heads."""
        self.forget()
        self._run("DELETE FROM case_line")
        self._run("DELETE FROM tally")
        framework = self.framework
        if framework is not None:
            subjects = self._run(
                "SELECT subject FROM head WHERE slot = ? AND shown AND value IS NOT NULL",
                (str(Slot(Aspect.SAMPLE)),),
            ).fetchall()
            for (ref,) in subjects:
                case = case_of(ref, self._run(_SHOWN, (ref,)).fetchall())
                if case.sample in framework.samples_by_id:
                    self._put_line(framework, case, self._last_touch(ref))
        self.flush()

    def flush(self) -> None:
        """Write the moves of the tallies that have come together."""
        for row, counts in self._moves.items():
            if any(counts):
                self._run(_MOVE_TALLY, (*row, *counts))
        self._moves.clear()

    def _line(self, ref: str) -> AtHand | None:
        """What decides how an event about a case is counted; remembered while nobody else appends."""
        known = self._at_hand
        if known is not None and known.ref == ref and known.appended + 1 == self._database.appended:
            return known
        rows = self._run(_LINE, (ref,)).fetchall()
        if not rows:
            return None
        facts = {slot.removeprefix(_OF_FACTS): value for _, _, slot, value in rows if slot is not None}
        return AtHand(ref, rows[0][0], bool(rows[0][1]), facts, 0)

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
        self._move_all(framework, case, +1)

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

    def _move_all(self, framework: Framework, case: Case, cases: int) -> None:
        for item, bucket in buckets(framework, case).items():
            self._move(item, bucket, cases, case.complete)

    def _move(self, item: str, bucket: Bucket, cases: int, complete: bool) -> None:
        for scope in (ALL, COMPLETE) if complete else (ALL,):
            counts = self._moves.setdefault((item, scope), [0] * len(_PLACES))
            counts[_PLACES[bucket]] += cases

    def _last_touch(self, ref: str) -> tuple[int, str]:
        row = self._run(_LAST_TOUCH, (ref,)).fetchone()
        return (0, "") if row is None else (row[0], row[1])


_TOUCH = """
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
_OF_FACTS = f"{Aspect.FACT}:"
_LINE = """
    SELECT sample, complete, slot, value FROM case_line LEFT JOIN head
    ON subject = ref AND slot >= 'fact:' AND slot < 'fact;' AND shown AND value IS NOT NULL WHERE ref = ?
"""
_PLACES = {bucket: place for place, bucket in enumerate(Bucket)}
_MOVE_TALLY = """
    INSERT INTO tally (item, scope, yes, no, not_relevant, open, out) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET yes = yes + excluded.yes, no = no + excluded.no,
        not_relevant = not_relevant + excluded.not_relevant,
        open = open + excluded.open, out = out + excluded.out
"""
