"""Where the central store keeps the events of forked chains: each in its branch, and the statements that do so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fieldtool.domain.log.events import GENESIS, Event, EventId

COUNTED = b""
"""The name of the branch that is in the table `event`: the one that came first."""


class Placed(NamedTuple):
    """Where the events of one chain belong."""

    counted: list[Event]
    """Those that go on with the branch that counts."""
    beside: list[tuple[bytes, Event]]
    """Those of other branches, with the names of these."""
    fitting: int
    """How many follow something that is there, with those that are there already."""
    misfit: EventId | None
    """The first that does not, if there is one; what comes after it is not looked at."""


def place(events: Iterable[Event], there: Iterable[tuple[int, bytes, bytes]]) -> Placed:
    """Find for each event of a chain the branch in which it follows on what is there.

    Args:
        events: in the order of their numbers.
        there: what the server has from the number before the first of them to the last: number, hash, branch.
    """
    branches: dict[int, dict[bytes, bytes]] = defaultdict(dict)
    branches[0][GENESIS] = COUNTED
    for seq, digest, branch in there:
        branches[seq][digest] = branch
    placed, fitting = Placed([], [], 0, None), 0
    for event in events:
        before, here = branches[event.id.seq - 1], branches[event.id.seq]
        end = next((digest for digest in before if continues(event, digest)), None)
        if end is None:
            return placed._replace(fitting=fitting, misfit=event.id)
        fitting += 1
        if event.hash in here:
            continue
        taken = before[end] in here.values()
        branch = here[event.hash] = event.hash if taken else before[end]
        if branch == COUNTED:
            placed.counted.append(event)
        else:
            placed.beside.append((branch, event))
    return placed._replace(fitting=fitting)


def continues(event: Event, previous: bytes) -> bool:
    """Whether an event is chained to one with this hash, and is as it was written."""
    try:
        return event.hash == event.chained(previous)
    except ValueError:  # half a character, which no text of an event can have
        return False


def names(beside: Sequence[tuple[bytes, Event]]) -> dict[str, list[bytes]]:
    """The branches of events, as the statements below ask for them."""
    return {"names": [branch for branch, _ in beside], "hashes": [event.hash for _, event in beside]}


# ---------------------------------------------------------------------- statements

# A chain that has gone two ways is rare, and its second branch is short: all of them are looked at.
BRANCHES = """
    SELECT b.device, b.incarnation, b.branch, b.first, b.last, e.hash FROM (
        SELECT f.device, f.incarnation, f.branch, min(f.seq) AS first, max(f.seq) AS last
        FROM fieldtool.event_fork AS f WHERE f.inspection = %(inspection)s
        GROUP BY f.device, f.incarnation, f.branch
    ) AS b JOIN fieldtool.event_fork AS e ON e.inspection = %(inspection)s AND e.device = b.device
        AND e.incarnation = b.incarnation AND e.seq = b.last AND e.branch = b.branch
    ORDER BY b.device, b.incarnation, b.first, b.branch
"""

_NEAR_IN = """
    SELECT seq, hash, {} FROM fieldtool.{}
    WHERE inspection = %(inspection)s AND device = %(device)s AND incarnation = %(incarnation)s
        AND seq >= %(first)s AND seq <= %(last)s
"""
NEAR = _NEAR_IN.format("''::bytea", "event") + "UNION ALL" + _NEAR_IN.format("branch", "event_fork")

HAVE = """
    SELECT i.hash
    FROM unnest(%(devices)s::text[], %(incarnations)s::bigint[], %(seqs)s::bigint[], %(hashes)s::bytea[])
        AS i (device, incarnation, seq, hash)
    CROSS JOIN LATERAL (
        SELECT FROM fieldtool.event AS e
        WHERE e.inspection = %(inspection)s AND e.device = i.device AND e.incarnation = i.incarnation
            AND e.seq = i.seq AND e.hash = i.hash
        UNION ALL
        SELECT FROM fieldtool.event_fork AS f
        WHERE f.inspection = %(inspection)s AND f.device = i.device AND f.incarnation = i.incarnation
            AND f.seq = i.seq AND f.hash = i.hash
        OFFSET 0
    ) AS kept
"""

INSERT = """
    INSERT INTO fieldtool.event_fork
    SELECT %(inspection)s, n.branch, i.* FROM pg_temp.fieldtool_incoming AS i
    JOIN unnest(%(hashes)s::bytea[], %(names)s::bytea[]) AS n (hash, branch) ON n.hash = i.hash
    ON CONFLICT DO NOTHING
"""

OTHERS = """
    SELECT i.device, i.incarnation, i.seq FROM pg_temp.fieldtool_incoming AS i
    JOIN unnest(%(hashes)s::bytea[], %(names)s::bytea[]) AS n (hash, branch) ON n.hash = i.hash
    JOIN fieldtool.event_fork AS kept ON kept.inspection = %(inspection)s AND kept.device = i.device
        AND kept.incarnation = i.incarnation AND kept.seq = i.seq AND kept.branch = n.branch
    WHERE kept.hash <> i.hash ORDER BY i.device, i.incarnation, i.seq LIMIT 1
"""
