"""Many events from elsewhere at once: the views end as they would event by event, by far fewer statements.

What stands in the cases concerned is read once, replaced in memory, and written once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from fieldtool.domain.log.events import Event, EventId
from fieldtool.domain.method.case import Aspect, Case, Slot
from fieldtool.store.chain.reading import case_of, understood
from fieldtool.store.file.database import Database, Row
from fieldtool.store.views.laptops import BELONGING
from fieldtool.store.views.projection import DROP_HEAD, REPLACE_HEAD, TOUCH, Projection
from fieldtool.store.views.tables import WORDS, AtHand

MOST = 2_000
"""So many events are held in memory and written together."""

FEW = 4
"""Where there are fewer events to a case than this, each had better be taken in by itself."""

Chain = tuple[str, int]
Place = tuple[str, str]
"""A subject and a slot."""


def worth_it(events: Sequence[Event]) -> bool:
    """Whether so few cases are concerned that reading and writing each of them once is less work."""
    return len(events) >= FEW * (4 + len({event.subject for event in events}))


class Merge:
    """Brings the views up to date with events that are new to the log, in the order in which they came.

    Used inside a transaction of its owner.

    Args:
        reached: the number of the last event of each chain that was in the log before.
    """

    def __init__(self, database: Database, projection: Projection, reached: Mapping[Chain, int]) -> None:
        self._database = database
        self._projection = projection
        self._run = database.connection.execute
        self._reached = dict(reached)
        self._early: dict[EventId, dict[Place, int]] = {}
        self._cases: dict[str, _Subject] = {}
        self._aside: list[Row] = []
        self._new_framework = False

    def take(self, events: Sequence[Event]) -> None:
        """Take events in, and write what has changed."""
        before = self._named_early(events)
        self._early = {id: dict(places) for id, places in before.items()}
        for event in events:
            self._take(event)
            self._reached[event.id[:2]] = event.id.seq
        many = self._database.connection.executemany
        many(_FORGET, before.keys() - self._early.keys())
        many(
            _REMEMBER,
            [(*id, *place, at) for id, places in self._early.items() for place, at in places.items()],
        )
        many(_SET_ASIDE, self._aside)
        self._write_heads()
        if self._projection.counts_later:
            return
        if self._new_framework:
            self._projection.recount()
        else:
            self._count()

    def _take(self, event: Event) -> None:
        place = (event.subject, event.slot)
        replaced = self._early.pop(event.id, {}).get(place, 0) > event.at
        self._projection.look_for_removed(event)
        read = _said if len(event.text) < _SHORT else _said.__wrapped__
        value, why_not = read(event.kind, event.slot, event.text)
        if why_not:
            self._aside.append((*event.id, why_not))
            return
        for parent in event.parents:
            if parent.seq > self._reached.get(parent[:2], 0):
                early = self._early.setdefault(parent, {})
                early[place] = max(early.get(place, 0), event.at)
        subject = self._cases.get(event.subject)
        if subject is None:
            subject = self._cases[event.subject] = _Subject(self._database, event.subject)
        subject.take(event, value, replaced)
        if not event.subject:
            self._new_framework |= event.slot == _FRAMEWORK
            if event.slot.startswith(_OF_LAPTOPS):
                self._projection.laptops_changed()

    def _named_early(self, events: Sequence[Event]) -> dict[EventId, dict[Place, int]]:
        """Which of the events others have replaced that came before them, and where."""
        run = self._database.connection.execute
        if run("SELECT 1 FROM replaced_early LIMIT 1").fetchone() is None:
            return {}
        found: dict[EventId, dict[Place, int]] = defaultdict(dict)
        for chain in {event.id[:2] for event in events}:
            for *id, subject, slot, at in run(_EARLY, (*chain, self._reached.get(chain, 0))):
                found[EventId(*id)][subject, slot] = at
        return dict(found)

    def _write_heads(self) -> None:
        replaced: list[Row] = []
        dropped: list[Row] = []
        added: list[Row] = []
        for ref, subject in self._cases.items():
            for slot, before in subject.before.items():
                now = subject.heads[slot]
                if len(now) == len(before) == 1:  # as nearly all are
                    if now != before:
                        at, device, incarnation, seq, value = now[0]
                        replaced.append((device, incarnation, seq, at, value, ref, slot, *before[0][1:4]))
                    continue
                here = {head[1:4]: number == 0 for number, head in enumerate(before)}
                for number, (at, device, incarnation, seq, value) in enumerate(now):
                    shown = number == 0
                    if here.pop((device, incarnation, seq), None) is not shown:
                        added.append((ref, slot, device, incarnation, seq, at, shown, value))
                dropped += [(ref, slot, *id) for id in here]
        many = self._database.connection.executemany
        many(REPLACE_HEAD, replaced)
        many(DROP_HEAD, dropped)
        many(_PUT_HEAD, added)

    def _count(self) -> None:
        """Count in each case what is otherwise now."""
        for ref, subject in self._cases.items():
            if not ref:
                continue
            changes = subject.changes()
            if not self._count_words(ref, changes, subject.facts, subject.touched):
                self._replace_line(subject.case(before=True), subject.case(), subject.touched)
        self._projection.forget_case()

    def _count_words(
        self,
        ref: str,
        changes: Sequence[tuple[Slot, str | None, str | None]],
        facts: dict[str, str],
        touched: tuple[int, str],
    ) -> bool:
        """Count what is otherwise now in a case, if that is nothing but answers, judgements and texts.

        Args:
            changes: the slots that were written: what was shown in each, and what is.
            facts: those of the case.
            touched: when the latest of the events that are new was written.

        Returns:
            Whether it could be done so: else the whole case is to be counted anew.
        """
        row = self._run("SELECT sample, complete FROM case_line WHERE ref = ?", (ref,)).fetchone()
        if row is None or any(slot.aspect not in WORDS for slot, _, _ in changes):
            return False
        line = AtHand(ref, row[0], bool(row[1]), facts, 0)
        done = worked = 0
        for slot, before, after in changes:
            if before != after:
                worked += (after is not None) - (before is not None)
                if slot.aspect in (Aspect.ANSWER, Aspect.JUDGEMENT):
                    done += self._projection._move_item(line, slot, before, after)
        self._run(TOUCH, (*touched, done, worked, ref))
        return True

    def _replace_line(self, before: Case, case: Case, touched: tuple[int, str]) -> None:
        """Replace what is counted of a case by what it says now, which is in the heads already.

        Args:
            before: the case as it was counted, if it was.
            touched: when the latest of the events that are new was written.
        """
        framework = self._projection.framework
        if framework is None:
            return
        row = self._run("SELECT touched_at, touched FROM case_line WHERE ref = ?", (case.ref,)).fetchone()
        if row is not None:
            self._projection._move_all(framework, before, -1, before.complete)
        if case.sample not in framework.samples_by_id:
            self._run("DELETE FROM case_line WHERE ref = ?", (case.ref,))
            return
        self._projection._put_line(
            framework, case, self._projection._last_touch(case.ref) if row is None else max((*row,), touched)
        )


_Head = tuple[int, str, int, int, str | None]
"""When an event was written, its id, and its value: the greatest is shown."""


class _Subject:
    """What stands in a case, or of the inspection itself, before and after events were taken in.

    Attributes:
        before: the heads as they were, of the slots that were written; the one that is shown first.
        heads: the heads of these slots as they are.
        touched: when the latest of the events was written.
    """

    def __init__(self, database: Database, ref: str) -> None:
        self._run = database.connection.execute
        self._ref = ref
        self._rows: dict[str, list[_Head]] = defaultdict(list)
        self.before: dict[str, list[_Head]] = {}
        self.heads: dict[str, list[_Head]] = {}
        self.touched = (0, "")
        if ref:
            for slot, *head in self._run(_HEADS_OF_CASE, (ref,)):
                self._rows[slot].append(tuple(head))

    def take(self, event: Event, value: str | None, replaced: bool) -> None:
        """Let an event replace those that it names, and stand unless it is replaced itself."""
        slot, parents, at = event.slot, event.parents, event.at
        heads = self.heads.get(slot)
        if heads is None:
            heads = self.before[slot] = self._heads(slot)
        heads = [head for head in heads if head[1:4] not in parents or head[0] > at]
        if not replaced:
            device, incarnation, seq = event.id
            heads.append((at, device, incarnation, seq, value))
            if len(heads) > 1:
                heads.sort(key=_order, reverse=True)
        self.heads[slot] = heads
        if at >= self.touched[0]:
            self.touched = max(self.touched, (at, event.wall))

    def changes(self) -> list[tuple[Slot, str | None, str | None]]:
        """The slots that were written: what was shown in each, and what is."""
        return [
            (_slot(slot), _value(before), _value(self.heads[slot])) for slot, before in self.before.items()
        ]

    @property
    def facts(self) -> dict[str, str]:
        """The facts of the case, as they were."""
        found = {
            slot[len(_FACT) :]: _value(heads) for slot, heads in self._rows.items() if slot.startswith(_FACT)
        }
        return {fact: value for fact, value in found.items() if value is not None}

    def case(self, *, before: bool = False) -> Case:
        """The case as it is, or as it was."""
        heads = self._rows if before else {**self._rows, **self.heads}
        shown = {slot: _value(here) for slot, here in heads.items()}
        return case_of(self._ref, [(slot, value) for slot, value in shown.items() if value is not None])

    def _heads(self, slot: str) -> list[_Head]:
        if self._ref:
            return self._rows.get(slot, [])
        # Not all that is said of the inspection was read: the instrument is long.
        return self._run(_HEADS_OF_SLOT, (self._ref, slot)).fetchall()  # type: ignore[no-any-return]  # untyped driver


def _value(heads: list[_Head]) -> str | None:
    return heads[0][4] if heads else None


def _order(head: _Head) -> tuple[int, str, int, int]:
    return head[:4]


@lru_cache(maxsize=4096)
def _said(kind: str, slot: str, text: str) -> tuple[str | None, str]:
    """The value that an event gives its slot, and why it has no effect; most say what others have said before."""
    body, why_not = understood(kind, slot, text)
    return (None if body is None else body.value), why_not


_slot = lru_cache(maxsize=4096)(Slot.parse)

_SHORT = 200
"""What is shorter may be remembered: answers and judgements, but no long notes."""

_FACT = f"{Aspect.FACT}:"
_FRAMEWORK = str(Slot(Aspect.FRAMEWORK))
_OF_LAPTOPS = tuple(f"{aspect}:" for aspect in BELONGING)

_EARLY = (
    "SELECT device, incarnation, seq, subject, slot, at FROM replaced_early"
    " WHERE device = ? AND incarnation = ? AND seq > ?"
)
_FORGET = "DELETE FROM replaced_early WHERE device = ? AND incarnation = ? AND seq = ?"
_REMEMBER = "INSERT OR REPLACE INTO replaced_early VALUES (?, ?, ?, ?, ?, ?)"
_SET_ASIDE = "INSERT INTO set_aside VALUES (?, ?, ?, ?)"
_PUT_HEAD = """
    INSERT INTO head (subject, slot, device, incarnation, seq, at, shown, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET shown = excluded.shown
"""
_HEADS_OF_CASE = """
    SELECT slot, at, device, incarnation, seq, value FROM head WHERE subject = ?
    ORDER BY slot, at DESC, device DESC, incarnation DESC, seq DESC
"""
_HEADS_OF_SLOT = """
    SELECT at, device, incarnation, seq, value FROM head WHERE subject = ? AND slot = ?
    ORDER BY at DESC, device DESC, incarnation DESC, seq DESC
"""
