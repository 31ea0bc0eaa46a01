"""What a file says of how far its cases are: counted in SQL, so that ten thousand cost little more than ten."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from fieldtool.domain.kinds.kind import kinds
from fieldtool.domain.log.conflicts import SETTLED_BY_PEOPLE
from fieldtool.domain.log.events import ChainId, Event, EventId
from fieldtool.domain.method.case import Aspect, Slot
from fieldtool.domain.method.case_line import CaseState
from fieldtool.domain.method.progress import Counted, Ended, LaptopNews, Where
from fieldtool.store.chain.reading import OTHERWISE, device_of, find_event, read_ends
from fieldtool.store.file.database import Database
from fieldtool.store.views.laptops import joined, read_receipts, roster

PAUSE = 30 * 60 * 1000
"""Whoever records nothing in a case for longer than so many milliseconds was not working on it meanwhile."""

LATEST = 100
"""So many cases of a sample type, those touched last, are looked at for the time that one takes."""

MOST = 2_000
"""So many events of a chain are looked at to count those that a laptop lacks."""


def counted(database: Database) -> list[Counted]:
    """Count the cases of each sample, holder and place."""
    return [Counted(Where(*row[:3]), *row[3:]) for row in database.rows(_COUNTED)]


def ended(database: Database) -> list[Ended]:
    """Count the cases that are complete, by the day on which they were completed, and those that were opened again."""
    rows = database.rows(_ENDED, (str(Slot(Aspect.COMPLETION)),))
    return [Ended(Where(*row[:3]), row[3] != CaseState.COMPLETE, row[4] or "", row[5]) for row in rows]


def disputed(database: Database) -> list[Where]:
    """Find the cases of which people said something without knowing of each other; one `Where` for each case."""
    rows = database.rows(_DISPUTED)
    cases = {row[0]: Where(*row[2:]) for row in rows if Slot.parse(row[1]).aspect in SETTLED_BY_PEOPLE}
    return list(cases.values())


def by_facts(database: Database, sample: str, facts: Sequence[str]) -> list[tuple[bool, dict[str, str], int]]:
    """Count the cases of a sample type by whether they are complete, and by what is recorded of some facts."""
    values = "".join(
        ", (SELECT value FROM head WHERE subject = ref AND slot = ? AND shown)" for _ in facts
    )  # one each: there is no limit to them, as there is to joins
    groups = ", ".join(str(place) for place in range(1, len(facts) + 2))
    rows = database.rows(
        f"SELECT complete{values}, count(*) FROM case_line WHERE sample = ? GROUP BY {groups}",
        (*(str(Slot(Aspect.FACT, fact)) for fact in facts), sample),
    )
    return [
        (
            bool(complete),
            {fact: value for fact, value in zip(facts, known, strict=True) if value is not None},
            number,
        )
        for complete, *known, number in rows
    ]


def times(database: Database, sample: str) -> list[int]:
    """Measure how long the cases of a sample type took that were touched last and are complete, in milliseconds.

    From one entry that stands to the next, by the clock of the log, which never runs backwards; pauses are left out.
    """
    return [row[0] or 0 for row in database.rows(_TIMES, (sample, LATEST, PAUSE))]


def clocks_have_jumped(database: Database) -> bool:
    """Whether a jump of any clock is on record: to find them all takes a look at the whole log."""
    return bool(
        database.row("SELECT 1 FROM head WHERE subject = '' AND slot >= ? AND slot < ? LIMIT 1",
                     (f"{Aspect.CLOCK}:", f"{Aspect.CLOCK};"))
    )  # fmt: skip


def laptops(database: Database) -> tuple[LaptopNews, ...]:
    """Say of every laptop what was heard of it last and what is still on its way, those silent longest first.

    Those that were removed are left out. What laptops put on record of themselves is not counted.
    """
    return _Laptops(database).news()


class _Laptops:
    """What is known of all laptops together: where their chains end here, and what each has said that it had."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._ends = {chain: end.seq for chain, end in read_ends(database).items()}
        self._receipts = {receipt.device.id: receipt for receipt in read_receipts(database)}
        self._roster, self._keys = roster(database), joined(database)
        self._own = device_of(database)
        self._entries = {chain: self._entries_of(chain) for chain in self._ends}

    def news(self) -> tuple[LaptopNews, ...]:
        gone = {
            device for device, key in self._keys.items() if key in self._roster and self._roster[key].removed
        }
        devices = {chain.id for chain in self._ends} | self._receipts.keys() | self._keys.keys()
        laptops = [self._of(device) for device in sorted(devices - gone)]
        laptops += [
            LaptopNews("", laptop.person, "", "", 0, 0)
            for key, laptop in self._roster.items()
            if not laptop.removed and key not in self._keys.values()
        ]
        return tuple(sorted(laptops, key=lambda laptop: (laptop.heard, laptop.person, laptop.device)))

    def _of(self, device: str) -> LaptopNews:
        chains = [chain for chain in self._ends if chain.id == device]
        last = max(filter(None, map(self._last, chains)), key=lambda event: event.at, default=None)
        receipt = self._receipts.get(device)
        laptop = self._roster.get(self._keys.get(device, ""))
        own = self._own is not None and self._own.id == device
        return LaptopNews(
            device,
            laptop.person if laptop else last.actor if last else "",
            last.wall if last else "",
            receipt.wall if receipt else "",
            0 if receipt is None or own else self._beyond(receipt.ends, leave_out=device),
            self._not_here(device),
            self._unsent(device) if own else None,
            own,
        )

    def _not_here(self, device: str) -> int:
        """How many events of a device others have said that they have, and are not here."""
        known: dict[ChainId, int] = {}
        for receipt in self._receipts.values():
            for chain, seq in receipt.ends.items():
                if chain.id == device:
                    known[chain] = max(seq, known.get(chain, 0))
        return sum(max(0, seq - self._ends.get(chain, 0)) for chain, seq in known.items())

    def _unsent(self, device: str) -> int | None:
        others = [receipt.ends for id, receipt in self._receipts.items() if id != device]
        if not others:
            return None
        return sum(
            self._after(chain, max(ends.get(chain, 0) for ends in others))
            for chain in self._ends
            if chain.id == device
        )

    def _beyond(self, ends: Mapping[ChainId, int], *, leave_out: str) -> int:
        return sum(self._after(chain, ends.get(chain, 0)) for chain in self._ends if chain.id != leave_out)

    def _after(self, chain: ChainId, seq: int) -> int:
        first, entries = self._entries[chain]
        return max(0, first - seq) + len(entries) - bisect_right(entries, seq)

    def _last(self, chain: ChainId) -> Event | None:
        return find_event(self._database, EventId(*chain, self._ends[chain]))

    def _entries_of(self, chain: ChainId) -> tuple[int, list[int]]:
        """The numbers of what people recorded in a chain, after a number from which on they were looked up.

        That is where the first laptop has got to; but of one that is far behind, all but the last are counted
        unseen, with the few that laptops put on record of themselves.
        """
        others = [
            receipt.ends.get(chain, 0) for receipt in self._receipts.values() if receipt.device.id != chain.id
        ]
        first = max(min(others, default=self._ends[chain]), self._ends[chain] - MOST)
        return first, [seq for (seq,) in self._database.rows(_ENTRIES, (*chain, first, *_QUIET))]


_QUIET = sorted(kinds(lambda says: says.by_laptop))
_ENTRIES = f"""
    SELECT seq FROM event WHERE device = ? AND incarnation = ? AND seq > ?
        AND kind NOT IN ({", ".join("?" * len(_QUIET))}) ORDER BY seq
"""
_COUNTED = """
    SELECT sample, holder, place, count(*), sum(NOT complete AND worked = 0), sum(NOT complete AND worked > 0),
        sum(complete), sum(done), sum(due)
    FROM case_line GROUP BY sample, holder, place
"""
# The last touch of a complete case is nearly always its completion; where it is not, the log is asked.
_ENDED = """
    SELECT line.sample, line.holder, line.place, head.value,
        substr(CASE WHEN head.at = line.touched_at THEN line.touched ELSE (
            SELECT wall FROM event WHERE (device, incarnation, seq) = (head.device, head.incarnation, head.seq)
        ) END, 1, 10) AS day, count(*)
    FROM case_line line CROSS JOIN head ON head.subject = line.ref AND head.slot = ?1 AND head.shown
    WHERE line.worked > 0 AND head.value IS NOT NULL
    GROUP BY line.sample, line.holder, line.place, head.value, day
"""
_DISPUTED = f"""
    SELECT head.subject, head.slot, line.sample, line.holder, line.place
    FROM head CROSS JOIN case_line line ON line.ref = head.subject WHERE {OTHERWISE}
"""
_TIMES = """
    WITH latest AS (
        SELECT ref FROM case_line WHERE complete AND sample = ?1 ORDER BY touched_at DESC LIMIT ?2
    ), step AS (
        SELECT head.subject, (head.at >> 16) - lag(head.at >> 16) OVER (
            PARTITION BY head.subject ORDER BY head.at) AS wait
        FROM latest CROSS JOIN head ON head.subject = latest.ref
        WHERE substr(head.slot, 1, instr(head.slot, ':') - 1)
            IN ('fact', 'answer', 'judgement', 'note', 'reason', 'completion')
    )
    SELECT sum(CASE WHEN wait <= ?3 THEN wait ELSE 0 END) FROM step GROUP BY subject
"""
