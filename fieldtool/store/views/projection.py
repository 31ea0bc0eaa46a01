"""The views of the log, brought up to date by any number of events, in whatever order they arrive.

What stands in the cases concerned is read once, changed in memory by the heads rule, and written once: one answer that
is saved here goes the same way as two thousand events of a colleague.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any

from fieldtool.domain.log.door import misshapen, read_body
from fieldtool.domain.log.events import Event, EventId
from fieldtool.domain.log.heads import Head, Place, Replaced, after, in_order, replaces, shown
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.store.chain.reading import read_events
from fieldtool.store.file.database import Database, Row
from fieldtool.store.views.counts import Change, Counts
from fieldtool.store.views.laptops import BELONGING, Limits, is_beyond, limits, said_of_laptops
from fieldtool.store.views.tables import VIEWS

MOST = 2_000
"""So many events are held in memory and written together."""

FEW = 4
"""Where there are fewer events to a case than this, only the slots that they write are read."""


class Projection:
    """Keeps the views equal to what a rebuild would make of the log.

    Used inside a transaction of its owner, who calls `flush` before the commit.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts = Counts(database)
        self._counts_later = False
        self._limits_before: Limits | None = None
        self._misled = False

    @property
    def _run(self) -> Any:
        return self._database.connection.execute  # not kept, because a spoilt connection is replaced

    @cached_property
    def limits(self) -> Limits:
        """From where on what removed laptops recorded has no effect."""
        return limits(self._database)

    def heads(self, subject: str, slot: str) -> list[Head]:
        """The heads of a slot, the one that is shown first."""
        return in_order(map(_head, self._run(_HEADS, (subject, slot)).fetchall()))

    def record(self, event: Event, value: str | None, heads: list[Head]) -> None:
        """Bring the views up to date with one event that was recorded here, and knows all heads of its slot.

        Args:
            value: what its body says.
            heads: the heads of the slot so far.
        """
        subject = _Subject(lambda _: heads)
        self._note_laptops(event)
        subject.take(event, value, replaced=False)
        self._settle({event.subject: subject})

    def take(self, events: Sequence[Event], missing: Callable[[EventId], bool]) -> None:
        """Bring the views up to date with events from elsewhere, in the order in which they came into the log.

        One may come before those that it replaces or after its successor, and it may be unreadable: then it is
        named in `set_aside` and has no effect.

        Args:
            missing: whether an event was not in the log before them.
        """
        named = self._named_early(events)
        early = {id: dict(places) for id, places in named.items()}
        here: set[EventId] = set()
        subjects, limits = self._subjects(events), self.limits
        aside: list[Row] = []
        for event in events:
            here.add(event.id)
            place = (event.subject, event.slot)
            latest = early.pop(event.id, {}).get(place, 0) if early else 0
            if limits:
                self._look_for_removed(limits, event)
            value, why_not = _said_by(event)
            if why_not:
                aside.append((*event.id, why_not))
                continue
            for parent in event.parents:
                if parent not in here and missing(parent):
                    places = early.setdefault(parent, {})
                    places[place] = max(places.get(place, 0), event.at)
            replaced = bool(latest) and replaces(latest, (event.id,), event.id, event.at)
            self._note_laptops(event)
            subjects[event.subject].take(event, value, replaced=replaced)
        many = self._database.connection.executemany
        many(_FORGET, named.keys() - early.keys())
        many(_REMEMBER, [(*id, *place, at) for id, places in early.items() for place, at in places.items()])
        many(_SET_ASIDE, aside)
        self._settle(subjects)

    def is_here(self, id: EventId) -> None:
        """Forget that an event was replaced before it came: one of its number is in the log now."""
        self._run(_FORGET, id)

    def rebuild(self, read: Callable[[], Iterable[Event]]) -> int:
        """Make every view anew from all events of the log, whatever the order in which `read` gives them.

        Returns:
            The number of events.
        """
        for view in VIEWS:
            self._run(f"DELETE FROM {view}")
        self.forget()
        _said.cache_clear()
        with self.counting_later():
            # First what is said of laptops: it decides what counts of all the others.
            said = said_of_laptops(self._database)
            self._take_all(said, Replaced.by(said))
            self.forget()
            # Not by `replaced_early`: it looks into the log for what has arrived, and here all of it has.
            replaced = Replaced.by(read(), lambda event: is_beyond(self.limits, event.id))
            skip = {event.id for event in said}
            number = self._take_all((event for event in read() if event.id not in skip), replaced) + len(said)
        missing = replaced.elsewhere - skip
        for event in read() if missing else ():
            if not _said_by(event)[1]:
                rows = [
                    (*parent, event.subject, event.slot, event.at) for parent in missing & {*event.parents}
                ]
                self._database.connection.executemany(_REMEMBER_LATEST, rows)
        return number

    def _take_all(self, events: Iterable[Event], replaced: Replaced) -> int:
        number, rest = 0, iter(events)
        while batch := list(islice(rest, MOST)):
            subjects = self._subjects(batch)
            aside: list[Row] = []
            beyond: list[Row] = []
            for event in batch:
                is_replaced = replaced.holds(event)
                value, why_not = _said_by(event)
                if why_not:
                    aside.append((*event.id, why_not))
                elif not event.slot.startswith(_OF_LAPTOPS) and is_beyond(self.limits, event.id):
                    beyond.append(event.id)
                else:
                    subjects[event.subject].take(event, value, replaced=is_replaced)
            many = self._database.connection.executemany
            many(_SET_ASIDE, aside)
            many("INSERT INTO beyond_removal VALUES (?, ?, ?)", beyond)
            self._settle(subjects)
            number += len(batch)
        return number

    def forget(self) -> None:
        """Drop what is remembered: a transaction was taken back, or another connection has written."""
        self._counts.forget()
        self._limits_before, self._misled = None, False
        self.__dict__.pop("limits", None)

    def flush(self) -> None:
        """Write the moves of the tallies that have come together; make all anew where laptops were removed."""
        if self._limits_before is not None:
            self.__dict__.pop("limits", None)
            self._misled |= self._limits_before != self.limits
            self._limits_before = None
        if self._misled:
            self.rebuild(lambda: read_events(self._database))
        self._counts.flush()

    @contextmanager
    def counting_later(self) -> Iterator[None]:
        """Leave cases and tallies alone in the block and recount them after it: faster for a whole log."""
        self._counts_later = True
        try:
            yield
        finally:
            self._counts_later = False
        self._counts.recount()

    def _look_for_removed(self, limits: Limits, event: Event) -> None:
        """Note whether the views must be made anew at last, since a removed laptop is concerned."""
        if any(is_beyond(limits, id) for id in (event.id, *event.parents)):
            self._misled = True

    def _note_laptops(self, event: Event) -> None:
        """Remember what counted of removed laptops, where an event may change that."""
        if not event.subject and event.slot.startswith(_OF_LAPTOPS) and self._limits_before is None:
            self._limits_before = self.limits

    def _subjects(self, events: Sequence[Event]) -> dict[str, _Subject]:
        """What stands in the cases that events are about, before they are taken in."""
        numbers = Counter(event.subject for event in events)
        return {ref: _Subject(self._reader(ref, number)) for ref, number in numbers.items()}

    def _reader(self, ref: str, number: int) -> Callable[[str], list[Head]]:
        """What reads the heads of the slots of a case: one by one, or all at once where many events are about it."""
        # Not all that is said of the inspection: the instrument is long.
        if not ref or number < FEW:
            return lambda slot: self.heads(ref, slot)
        rows: dict[str, list[Row]] = defaultdict(list)
        for row in self._run(_HEADS_OF_CASE, (ref,)):
            rows[row[0]].append(row[1:])
        return lambda slot: in_order(map(_head, rows.get(slot, ())))

    def _named_early(self, events: Sequence[Event]) -> dict[EventId, dict[Place, int]]:
        """Which of the events others have replaced that came before them, where, and when at last."""
        if self._run("SELECT 1 FROM replaced_early LIMIT 1").fetchone() is None:
            return {}
        numbers: dict[tuple[str, int], list[int]] = defaultdict(list)
        for event in events:
            numbers[event.id[:2]].append(event.id.seq)
        early: dict[EventId, dict[Place, int]] = defaultdict(dict)
        for chain, seqs in numbers.items():
            for *id, subject, slot, at in self._run(_EARLY, (*chain, min(seqs), max(seqs))):
                early[EventId(*id)][subject, slot] = at
        return dict(early)

    def _settle(self, subjects: Mapping[str, _Subject]) -> None:
        """Write what stands now in the slots that were written, and count it."""
        rows = _HeadRows()
        for ref, subject in subjects.items():
            for slot, before in subject.before.items():
                rows.add((ref, slot), before, subject.heads[slot])
        rows.write(self._database)
        if self._counts_later:
            return
        if "" in subjects and _FRAMEWORK in subjects[""].before:
            self._counts.recount()
            return
        for ref, subject in subjects.items():
            if ref and subject.before:
                self._counts.count(ref, subject.changes(), subject.touched)


class _Subject:
    """What stands in a case, or of the inspection itself, before and after events were taken in.

    Attributes:
        before: the heads as they were, of the slots that were written; the one that is shown first.
        heads: the heads of these slots as they are.
        touched: when the latest of the events was written.
    """

    def __init__(self, read: Callable[[str], list[Head]]) -> None:
        self._read = read
        self.before: dict[str, list[Head]] = {}
        self.heads: dict[str, list[Head]] = {}
        self.touched = (0, "")

    def take(self, event: Event, value: str | None, *, replaced: bool) -> None:
        """Let an event replace those that it names, and stand unless it is replaced itself."""
        heads = self.heads.get(event.slot)
        if heads is None:
            heads = self.before[event.slot] = self._read(event.slot)
        self.heads[event.slot] = after(heads, event, value, replaced=replaced)
        touched = event.at, event.wall
        if touched > self.touched:
            self.touched = touched

    def changes(self) -> list[Change]:
        """The slots that were written: what was shown in each, and what is."""
        return [
            Change(_slot(slot), shown(before), shown(self.heads[slot]))
            for slot, before in self.before.items()
        ]


class _HeadRows:
    """The rows of the heads that are otherwise now, written together."""

    def __init__(self) -> None:
        self._replaced: list[Row] = []
        self._dropped: list[Row] = []
        self._put: list[Row] = []

    def add(self, place: Place, before: list[Head], now: list[Head]) -> None:
        """Note what is otherwise in a slot."""
        if len(now) == len(before) == 1:  # as nearly all are
            if now[0].id != before[0].id:
                at, id, value = now[0]
                self._replaced.append((*id, at, value, *place, *before[0].id))
            return
        if not before:
            shown = True
            for at, id, value in now:
                self._put.append((*place, *id, at, shown, value))
                shown = False
            return
        here = {head.id: number == 0 for number, head in enumerate(before)}
        for number, (at, id, value) in enumerate(now):
            if here.pop(id, None) is not (number == 0):
                self._put.append((*place, *id, at, number == 0, value))
        self._dropped += [(*place, *id) for id in here]

    def write(self, database: Database) -> None:
        """Write them."""
        for statement, rows in (
            (_REPLACE_HEAD, self._replaced),
            (_DROP_HEAD, self._dropped),
            (_PUT_HEAD, self._put),
        ):
            if rows:
                database.connection.executemany(statement, rows)


def _head(row: Row, new: Callable[..., Any] = tuple.__new__) -> Head:
    # Not by their names: there are very many, and it takes half the time.
    at, device, incarnation, seq, value = row
    head: Head = new(Head, (at, new(EventId, (device, incarnation, seq)), value))
    return head


def _said_by(event: Event) -> tuple[str | None, str]:
    """The value that an event gives its slot, and why it has no effect."""
    why_not = misshapen(event)
    if why_not:
        return None, why_not
    read = _said if len(event.text) < _SHORT else _said.__wrapped__
    return read(event.kind, event.slot, event.text)


@lru_cache(maxsize=4096)
def _said(kind: str, slot: str, text: str) -> tuple[str | None, str]:
    """What `_said_by` says; most events say what others have said before."""
    body, why_not = read_body(kind, slot, text)
    return (None if body is None else body.value), why_not


_slot = lru_cache(maxsize=4096)(Slot.parse)

_SHORT = 200
"""What is shorter may be remembered: answers and judgements, but no long notes."""

_FRAMEWORK = str(Slot(Aspect.FRAMEWORK))
_OF_LAPTOPS = tuple(f"{aspect}:" for aspect in BELONGING)

_EARLY = """
    SELECT device, incarnation, seq, subject, slot, at FROM replaced_early
    WHERE device = ? AND incarnation = ? AND seq BETWEEN ? AND ?
"""
_FORGET = "DELETE FROM replaced_early WHERE device = ? AND incarnation = ? AND seq = ?"
_REMEMBER = "INSERT OR REPLACE INTO replaced_early VALUES (?, ?, ?, ?, ?, ?)"
_REMEMBER_LATEST = """
    INSERT INTO replaced_early VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = max(at, excluded.at)
"""
_SET_ASIDE = "INSERT INTO set_aside VALUES (?, ?, ?, ?)"
_DROP_HEAD = """
    DELETE FROM head WHERE subject = ? AND slot = ? AND device = ? AND incarnation = ? AND seq = ?
"""
_REPLACE_HEAD = """
    UPDATE head SET device = ?, incarnation = ?, seq = ?, at = ?, shown = 1, value = ?
    WHERE subject = ? AND slot = ? AND device = ? AND incarnation = ? AND seq = ?
"""
_PUT_HEAD = """
    INSERT INTO head (subject, slot, device, incarnation, seq, at, shown, value) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET shown = excluded.shown
"""
_HEADS = """
    SELECT at, device, incarnation, seq, value FROM head WHERE subject = ? AND slot = ?
"""
_HEADS_OF_CASE = """
    SELECT slot, at, device, incarnation, seq, value FROM head WHERE subject = ?
"""
