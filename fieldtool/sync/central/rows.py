"""How an event is written in a row of the central store and read from it, and the statements that do so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from fieldtool.domain.log.events import ChainId, Event, EventId

Row = tuple[Any, ...]


def kept(text: str) -> str:
    """A text as PostgreSQL can keep it.

    It has no character U+0000. U+0010, which nobody types, begins what stands for it and for itself.
    """
    if "\0" in text or "\x10" in text:
        return text.replace("\x10", "\x10p").replace("\0", "\x100")
    return text


def given(text: str) -> str:
    """The text that `kept` made this of."""
    if "\x10" in text:
        return text.replace("\x100", "\0").replace("\x10p", "\x10")
    return text


def event_of(row: Row, device: ChainId) -> Event:
    """An event of a chain from its row."""
    seq, at, *texts, parents, digest = row
    wall, actor, kind, subject, slot, text = map(given, texts)
    try:
        replaced = tuple([EventId.parse(given(parent)) for parent in parents])
    except ValueError:  # nobody writes such parents: somebody altered them, and the hash tells
        replaced = (EventId(" ".join(parents), 0, 0),)
    return Event(EventId(*device, seq), at, wall, actor, kind, subject, slot, text, replaced, digest)


def blocks(events: Iterable[Event]) -> Iterator[bytes]:
    """The rows of events as COPY reads them, some hundreds at a time."""
    rest = iter(events)
    while block := "".join([_line(event) for event in islice(rest, _BLOCK)]):
        yield block.encode()


def _line(event: Event) -> str:
    (device, incarnation, seq), at, wall, actor, kind, subject, slot, text, parents, digest = event
    replaced = '","'.join([str(parent) for parent in parents])
    texts = "\t".join((device, wall, actor, kind, subject, slot, text, replaced))
    # Nearly always there is nothing to escape, and most of the time of a batch goes by here.
    if (
        "\\" in texts
        or "\n" in texts
        or "\r" in texts
        or "\0" in texts
        or "\x10" in texts
        or texts.count("\t") != 7
        or replaced.count('"') != 2 * max(0, len(parents) - 1)
    ):
        device, wall, actor, kind, subject, slot, text = map(
            _escaped, (device, wall, actor, kind, subject, slot, text)
        )
        replaced = '","'.join([_escaped(_quoted(str(parent))) for parent in parents])
    array = f'{{"{replaced}"}}' if parents else "{}"
    return (
        f"{device}\t{incarnation}\t{seq}\t{at}\t{wall}\t{actor}\t{kind}\t{subject}\t{slot}\t{text}\t"
        f"{array}\t\\\\x{digest.hex()}\n"
    )


def _escaped(text: str) -> str:
    """A text as COPY reads it."""
    return kept(text).translate(_ESCAPES)


def _quoted(text: str) -> str:
    """A member of an array, between its quotation marks."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_BLOCK = 500

# ---------------------------------------------------------------------- statements

PERSON = "SELECT writes FROM fieldtool.person WHERE login = current_user AND inspection = %(inspection)s"

# From one chain to the next by the primary key, however long they are and however many inspections there are.
ENDS = """
    WITH RECURSIVE chain AS (
        (SELECT device, incarnation FROM fieldtool.event WHERE inspection = %(inspection)s
        ORDER BY device, incarnation LIMIT 1)
        UNION ALL
        SELECT next.device, next.incarnation FROM chain CROSS JOIN LATERAL (
            SELECT e.device, e.incarnation FROM fieldtool.event AS e
            WHERE e.inspection = %(inspection)s AND (e.device, e.incarnation) > (chain.device, chain.incarnation)
            ORDER BY e.device, e.incarnation LIMIT 1
        ) AS next
    )
    SELECT chain.device, chain.incarnation, last.seq, last.hash FROM chain CROSS JOIN LATERAL (
        SELECT e.seq, e.hash FROM fieldtool.event AS e
        WHERE e.inspection = %(inspection)s AND e.device = chain.device AND e.incarnation = chain.incarnation
        ORDER BY e.seq DESC LIMIT 1
    ) AS last
"""

# Page by page by the number in the chain: no transaction stays open on the server, and one that was cut off
# goes on where it was. A number across all events would skip those that were committed late.
_EVENTS_IN = """
    SELECT seq, at, wall, actor, kind, subject, slot, body, parents, hash FROM fieldtool.{}
    WHERE inspection = %(inspection)s AND device = %(device)s AND incarnation = %(incarnation)s
        AND seq > %(after)s AND seq <= %(last)s
    ORDER BY seq LIMIT %(page)s
"""
EVENTS = _EVENTS_IN.format("event")
EVENTS_BESIDE = _EVENTS_IN.replace("ORDER", "AND branch = %(branch)s ORDER").format("event_fork")

# In each transaction anew, since a pooler may have given us another connection; COPY does not go into a
# table with row policies.
BEGIN = """
    BEGIN;
    CREATE TEMPORARY TABLE IF NOT EXISTS fieldtool_incoming (
        device text, incarnation bigint, seq bigint, at bigint, wall text, actor text, kind text, subject text,
        slot text, body text, parents text[], hash bytea
    ) ON COMMIT DELETE ROWS
"""
COPY = "COPY pg_temp.fieldtool_incoming FROM STDIN"
# They were copied in the order of the key and are read in it, so that two laptops that send the same do not wait
# for each other in a circle; if they ever did, the server would tell one of them to send its batch again.
INSERT = """
    INSERT INTO fieldtool.event
    SELECT %(inspection)s, i.* FROM pg_temp.fieldtool_incoming AS i
    ON CONFLICT DO NOTHING
"""
# OFFSET 0 holds the planner to one look into the index for each event, whatever it takes their number for.
OTHERS = """
    SELECT i.device, i.incarnation, i.seq FROM pg_temp.fieldtool_incoming AS i CROSS JOIN LATERAL (
        SELECT e.hash FROM fieldtool.event AS e
        WHERE e.inspection = %(inspection)s AND e.device = i.device AND e.incarnation = i.incarnation
            AND e.seq = i.seq
        OFFSET 0
    ) AS kept
    WHERE kept.hash <> i.hash ORDER BY i.device, i.incarnation, i.seq LIMIT 1
"""
HASHES = """
    SELECT i.device, i.incarnation, i.seq, kept.hash
    FROM unnest(%(devices)s::text[], %(incarnations)s::bigint[], %(seqs)s::bigint[]) AS i (device, incarnation, seq)
    CROSS JOIN LATERAL (
        SELECT e.hash FROM fieldtool.event AS e
        WHERE e.inspection = %(inspection)s AND e.device = i.device AND e.incarnation = i.incarnation
            AND e.seq = i.seq
        OFFSET 0
    ) AS kept
"""
