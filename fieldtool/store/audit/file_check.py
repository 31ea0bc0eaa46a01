"""The auditor's questions: is the file whole, are the views what the log says, and make the views anew."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from fieldtool.domain.kinds.devices import ClockJumped
from fieldtool.domain.log.door import LATEST, misshapen, of_a_later_version, printable, understood, unreadable
from fieldtool.domain.log.events import ChainId, Event, EventId
from fieldtool.domain.log.findings import Finding, Jump, Touched, finding, remark
from fieldtool.domain.words.numbers import counted
from fieldtool.store.audit.chain_check import Chains
from fieldtool.store.audit.view_check import view_differences
from fieldtool.store.chain.clock import WallClock, system_clock, tick_of
from fieldtool.store.chain.forks import read_forks
from fieldtool.store.chain.reading import device_of, event_of, events_in, read_ends, read_events
from fieldtool.store.file.database import CHECKED, Database, StoreError
from fieldtool.store.file.local import local, set_locals_within
from fieldtool.store.views import case_lines
from fieldtool.store.views.projection import Projection


def findings(database: Database) -> Iterator[str]:
    """Say everything that is wrong with an inspection file, a sentence each; nothing if all is well.

    Raises:
        StoreError: the file cannot be read at all.
    """
    return (each.what for each in examine(database) if each.grave)


def examine(database: Database, clock: WallClock = system_clock) -> Iterator[Finding]:
    """Say everything that is wrong with an inspection file, and what else an auditor should know of it.

    Raises:
        StoreError: the file cannot be read at all.
    """
    damage = [*_damage(database)]
    yield from damage
    try:
        yield from _layout(database)
        altered = bool(damage)
        for each in _log(database, tick_of(clock())):
            yield each
            altered |= each.grave and each.about in _OF_THE_LOG
        yield from view_differences(database, altered)
        yield from _left_over(database)
    except StoreError:
        # Of a damaged file, everything that can still be read has been looked at.
        if not damage:
            raise


def clock_jumps(database: Database) -> tuple[Jump, ...]:
    """Find the jumps of wall clocks that were put on record, the oldest first."""
    jumps = []
    for row in database.rows("SELECT * FROM event WHERE kind = ?", (_JUMPED,)):
        event = event_of(row)
        body, _ = understood(event)
        if isinstance(body, ClockJumped):
            jumps.append(_jump(event, body))
    return tuple(sorted(jumps, key=lambda jump: (jump.event.wall, jump.event.id)))


def unknown_kinds(database: Database) -> dict[str, int]:
    """Count the events of each kind that this version does not know."""
    return dict(
        Counter(event.kind for event in events_in(database, "set_aside") if of_a_later_version(event))
    )


def rebuild(database: Database) -> int:
    """Make all views anew from the log, in one transaction.

    Returns:
        The number of events that they were made from.
    """
    with database.transaction():
        number = Projection(database).rebuild(lambda: read_events(database))
        case_lines.views_are_made(database)
        _note_checked(database)
    return number


def catch_up(database: Database) -> bool:
    """Make the views anew if this version would make others of the log than are there.

    They are behind after an upgrade of the tables, and when events that were set aside, as of a kind that
    only later versions knew, can be read now.

    Returns:
        Whether they were.
    """
    unchecked = local(database, CHECKED) is None
    behind = (
        case_lines.views_behind(database)
        or not all(unreadable(event) for event in events_in(database, "set_aside"))
        or (unchecked and database.row(_ODD, (LATEST,)) is not None)
    )
    if behind:
        rebuild(database)
    elif unchecked:
        with database.transaction():
            _note_checked(database)
    return behind


def _note_checked(database: Database) -> None:
    """Note that nothing has an effect here that does not fit, as in files from before there was a door."""
    set_locals_within(database, {CHECKED: "1"})


# ---------------------------------------------------------------------- the file and its tables


def _in_one_file(database: Database) -> bool:
    """Whether the file alone is the whole, and nothing of it stands in the log beside it.

    After a power cut it may be half written, and the log has the rest: that is as it should be.
    """
    if database.writable:
        row = database.row("PRAGMA wal_checkpoint(PASSIVE)")
        return row is not None and row[1] == row[2]
    log = Path(f"{database.path}-wal")
    return not log.exists() or log.stat().st_size == 0


def _damage(database: Database) -> Iterator[Finding]:
    said = [row[0] for row in database.rows("PRAGMA integrity_check")]
    if database.encrypted and _in_one_file(database):  # SQLCipher looks at nothing but the file
        said += [row[0] for row in database.rows("PRAGMA cipher_integrity_check")]
    for line in said:
        if line != "ok":
            yield finding(
                "file",
                f"The file is damaged: {' '.join(line.split())}.",
                "Keep it, and go on from your copy; whatever below cannot be read is not named.",
            )


def _layout(database: Database) -> Iterator[Finding]:
    """Whether tables, indexes and the guards of the log are as this version makes them."""
    ours, theirs = _made(database), _as_made_here()
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) == theirs.get(name):
            continue
        what = (
            "is missing"
            if name not in ours
            else "is not fieldtool's"
            if name not in theirs
            else "was altered"
        )
        guard = (
            " Without it, events could be changed unseen: what the chains below say counts all the more."
            if name.startswith("guard")
            else ""
        )
        yield finding(
            "layout",
            f"The {name} {what}: somebody has changed the file with another program.{guard}",
            "Ask who did that and what for; go on from your copy.",
        )


@lru_cache(maxsize=1)
def _as_made_here() -> dict[str, str]:
    with Database.in_memory() as fresh:
        return _made(fresh)


def _made(database: Database) -> dict[str, str]:
    """What the file is made of, by kind and name, and how; without what SQLite and sqlite-utils keep for themselves."""
    rows = database.rows("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {
        f"{'guard' if kind == 'trigger' else kind} {name}": " ".join(sql.split())
        for kind, name, sql in rows
        if "sqlite_" not in name
    }


# ---------------------------------------------------------------------- the log


def _log(database: Database, now: int) -> Iterator[Finding]:
    opened = database.rows("SELECT hash FROM event WHERE kind = 'inspection.opened'")
    chains = Chains({row[0].hex() for row in opened}, now)
    yield from chains.look(read_events(database))
    yield from _forks(database)
    yield from _aside(database)
    yield from _beyond_removal(database)
    yield from _unsigned(chains)
    yield from _not_here(database)
    for jump in clock_jumps(database):
        yield remark("clock", told(jump), "Take the times around it with care.", [jump.event])


def _forks(database: Database) -> Iterator[Finding]:
    forks: dict[ChainId, list[Event]] = defaultdict(list)
    for event in read_forks(database):
        forks[event.id.chain].append(event)
    for device, events in forks.items():
        yield finding(
            "fork",
            f"Device {device} has written two different events {events[0].id}: its file was "
            "copied or restored, and worked in twice. The first that came counts; the second and what "
            "follows it, below, is kept without effect.",
            "Ask the people named what they did on which laptop, and record again what is missing.",
            map(Touched.of, events),
        )


def _aside(database: Database) -> Iterator[Finding]:
    unknown: dict[str, list[Event]] = defaultdict(list)
    for event in events_in(database, "set_aside"):
        if of_a_later_version(event):
            unknown[event.kind].append(event)
            continue
        yield finding(
            "unreadable",
            f"Event {event.id} is kept but has no effect: {_why_aside(event)}.",
            f"Ask {printable(event.actor)} what they recorded, and with which version of the program.",
            [Touched.of(event)],
        )
    for kind, events in unknown.items():
        many = f"{len(events)} events" if len(events) > 1 else "One event"
        yield remark(
            "unknown kind",
            f"{many} of the kind {kind}, which this version does not know: kept and passed on, without effect here.",
            "Update fieldtool on this laptop: then they take effect.",
            map(Touched.of, events),
        )


def _beyond_removal(database: Database) -> Iterator[Finding]:
    """What a laptop that was removed has recorded too late."""
    events = events_in(database, "beyond_removal")
    if events:
        yield remark(
            "removed",
            f"{counted(len(events), 'event')} of a laptop that was removed came too late, and count nowhere.",
            "Ask its inspector what they recorded last, and record again what is to count.",
            map(Touched.of, events),
        )


def _why_aside(event: Event) -> str:
    if misshapen(event):
        return misshapen(event)
    try:
        _ = event.body
    except ValueError:
        return f"what it says does not fit its kind, {event.kind}"
    return unreadable(event) or "it was set aside, though this version can read it"


def _unsigned(chains: Chains) -> Iterator[Finding]:
    never = [device for device in chains.unsigned if device not in chains.signed]
    if never:
        names = ", ".join(map(str, never))
        yield remark(
            "not signed",
            f"No event of {'this device is' if len(never) == 1 else 'these devices is'} signed: {names}.",
            "Nothing, where they worked with a version before signatures, or have not ended a session yet.",
            number=sum(chains.unsigned[device] for device in never),
        )
    for device in chains.signed:
        number = chains.unsigned[device] - 1  # a signature does not cover itself
        if number > 0:
            yield remark(
                "not signed",
                f"The last {number} events of device {device} are not signed yet."
                if number > 1
                else f"The last event of device {device} is not signed yet.",
                "Open the inspection on that laptop and leave it with ctrl+q: they are signed then.",
                number=number,
            )


def _not_here(database: Database) -> Iterator[Finding]:
    """Events that others name as replaced and that are not in the log."""
    own, ends = device_of(database), read_ends(database)
    missing = [
        EventId(*row) for row in database.rows("SELECT DISTINCT device, incarnation, seq FROM replaced_early")
    ]
    lost = [id for id in missing if id[:2] == own and id.seq > (ends[own].seq if own in ends else 0)]
    late = [id for id in missing if id not in lost]
    if lost:
        yield finding(
            "gap",
            f"The last events of this very laptop, at least as far as {max(lost)}, are missing: others have seen them.",
            "An older copy of the file was put back: take in what the others have, before anything else.",
            map(Touched.missing, lost),
        )
    if late:
        yield remark(
            "not here",
            f"{counted(len(late), 'event')} that others have replaced: not here.",
            "Nothing, if colleagues have not sent all yet; it changes nothing that is shown.",
            map(Touched.missing, late),
        )


# ---------------------------------------------------------------------- what was being done


def _left_over(database: Database) -> Iterator[Finding]:
    for subject, slot, actor in database.rows("SELECT subject, slot, actor FROM draft"):
        yield remark(
            "draft",
            f"A text of {actor} is not in the log yet: {slot.replace(':', ' ', 1)} of {subject or 'the inspection'}.",
            f"Open the inspection as {actor}: it is recorded then. If it is open there now, nothing.",
        )


def told(jump: Jump) -> str:
    """A jump of a clock as a sentence."""
    way = "ahead" if jump.seconds > 0 else "back"
    return (
        f"The clock of device {jump.device} went {way} by {_duration(abs(jump.seconds))}: it showed {jump.found} and "
        f"should have shown {jump.expected}{' or later' if jump.noticed == 'between sessions' else ''}; "
        f"noticed {jump.noticed}."
    )


def _duration(seconds: float) -> str:
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size or size == 1:
            number = round(seconds / size)
            return f"{number} {name}{'' if number == 1 else 's'}"
    raise ValueError(seconds)


def _jump(event: Event, body: ClockJumped) -> Jump:
    return Jump(
        Touched.of(event),
        f"{body.device}.{body.incarnation}",
        body.expected,
        body.found,
        _seconds(body.expected, body.found),
        body.noticed,
    )


def _seconds(expected: str, found: str) -> float:
    try:
        return (datetime.fromisoformat(found) - datetime.fromisoformat(expected)).total_seconds()
    except (TypeError, ValueError):
        return 0.0


# Rather too many than too few: what is found is looked at by the door itself when the views are made anew.
_ODD = """
    SELECT 1 FROM event WHERE at < 0 OR at >= ? OR wall NOT GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T*[+-][0-9]*'
    LIMIT 1
"""

_OF_THE_LOG = frozenset({"chain", "gap", "signature"})
"""Findings of these kinds say that the log is not what was written."""

_JUMPED = ClockJumped.model_fields["kind"].default
