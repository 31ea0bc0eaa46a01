"""The door: whether an event from elsewhere can be kept, and whether it can have an effect. Nothing else decides that.

Whoever holds a key of the inspection can make up an event. What cannot be a row of the log is refused, with what
follows it in its chain. What can be one, but does not fit, is kept, for the sake of its chain, and set aside: it has no
effect, and is named. So whatever reads the events that count need not ask again whether a time is a time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from fieldtool.domain.kinds.kind import KINDS, Body, UnknownHappened, parse_body
from fieldtool.domain.log.events import Event, EventId

LATEST = 32_503_680_000_000 << 16
"""The year 3000 on the logical clock: what is dated later has no effect, so that time is left to answer after it."""

LONGEST_NAME = 500
"""Characters of a device, an actor, a kind, a subject or a slot."""

LONGEST_TEXT = 16 * 1024 * 1024
"""Characters of a body."""

MOST_PARENTS = 10_000
"""Events that one event may replace."""

_TOO_LARGE = 2**63
"""The first whole number that SQLite and PostgreSQL do not hold."""

_YEARS = range(1900, 3000)


def refused(event: Event) -> str:
    """Say why an event cannot be a row of the log; empty if it can."""
    (device, incarnation, seq), at, *texts, parents, digest = event
    if not is_chain(device, incarnation) or not _is_number(seq) or seq < 1:
        return "it has an impossible id"
    if not _is_number(at):
        return "it has an impossible time"
    if type(digest) is not bytes or len(digest) != 32:
        return "it has an impossible hash"
    if len(texts[-1]) > LONGEST_TEXT or len(parents) > MOST_PARENTS:
        return "it is too large"
    if not _are_ids(parents):
        return _PARENTS
    try:
        # JSON can name halves of characters, which are no text that could be kept or hashed.
        "".join(texts).isascii() or "".join(texts).encode()
    except (UnicodeEncodeError, TypeError):
        return "it holds what is not text"
    return ""


@lru_cache(maxsize=1024)
def is_chain(device: str, incarnation: int) -> bool:
    """Whether this can be the id of an installation, and how often it was restored."""
    named = type(device) is str and bool(device) and not _wrong_name(device) and len(device.split()) == 1
    return named and _is_number(incarnation)


def misshapen(event: Event) -> str:
    """Say what in the envelope of an event does not fit, whatever its body says; empty if all does."""
    if not 0 <= event.at < LATEST:
        return "its time on the common clock is impossible"
    if not _is_moment(event.wall):
        return "its time by the clock on the wall is not a time"
    if not _are_ids(event.parents):
        return _PARENTS
    return _wrong_names(event.actor, event.kind, event.subject)


def understood(event: Event) -> tuple[Body | None, str]:
    """What an event says; None and why, if it cannot have an effect in this version."""
    why_not = misshapen(event)
    if why_not:
        return None, why_not
    return read_body(event.kind, event.slot, event.text)


def unreadable(event: Event) -> str:
    """Say why an event cannot take effect in this version; empty if it can."""
    return understood(event)[1]


def of_a_later_version(event: Event) -> bool:
    """Whether an event fits, as far as can be told, and is only of a kind that this version does not know."""
    return event.kind not in KINDS and not misshapen(event)


def printable(text: str) -> str:
    """A text from an event that was never checked, so that it can be shown: cut, and without control codes."""
    shown = "".join(sign if sign.isprintable() else "?" for sign in text[:_SHOWN])
    return f"{shown}…" if len(text) > _SHOWN else shown


def read_body(kind: str, slot: str, text: str) -> tuple[Body | None, str]:
    """What a body says, if its kind is known, it fits its kind, and it writes the slot that the envelope names."""
    try:
        body = parse_body(kind, text)
        if isinstance(body, UnknownHappened):
            return None, f"events of the kind {kind} are not known to this version"
        address, _ = str(body.slot), body.value
    except (ValueError, OverflowError, RecursionError) as error:
        return None, str(error).partition("\n")[0]
    if address != slot:
        return None, f"its body is about {printable(address)}, its envelope about {printable(slot)}"
    if _wrong_name(slot):
        return None, f"its slot {_wrong_name(slot)}"
    if not all(_CHAIN.fullmatch(chain) for chain in getattr(body, "ends", ())):
        return None, "its body is about a chain with an impossible id"
    if _UNUSUAL.search(text) and not _is_usual(body.model_dump()):
        return None, "its body holds an absurd number or date"
    return body, ""


def _is_usual(value: object) -> bool:
    """Whether the numbers and dates in a body are such as can be kept and reckoned with."""
    if isinstance(value, dict):
        return all(_is_usual(each) for pair in value.items() for each in pair)
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(_is_usual, value))
    if isinstance(value, int | float):
        return -_TOO_LARGE < value < _TOO_LARGE
    return not isinstance(value, date) or value.year in _YEARS


def _are_ids(parents: Iterable[EventId]) -> bool:
    for device, incarnation, seq in parents:  # noqa: SIM110  # asked twice of every event: half the time of `all`
        if not (is_chain(device, incarnation) and _is_number(seq) and seq):
            return False
    return True


def _is_number(value: int) -> bool:
    return type(value) is int and 0 <= value < _TOO_LARGE


def _is_moment(wall: str) -> bool:
    """Whether this is a moment with its offset, in years in which one can reckon from it."""
    try:
        moment = datetime.fromisoformat(wall)
    except ValueError:
        return False
    return moment.tzinfo is not None and moment.year in _YEARS and wall[10] == "T" and wall.isascii()


@lru_cache(maxsize=4096)
def _wrong_names(actor: str, kind: str, subject: str) -> str:
    for what, name in (("actor", actor), ("kind", kind), ("subject", subject)):
        if _wrong_name(name):
            return f"its {what} {_wrong_name(name)}"
    return ""


@lru_cache(maxsize=4096)
def _wrong_name(name: str) -> str:
    """What is wrong with a name, as the end of a sentence; empty if nothing is."""
    if len(name) > LONGEST_NAME:
        return "is too long"
    return "holds control codes" if _CONTROL.search(name) else ""


_PARENTS = "it replaces an event with an impossible id"
_SHOWN = 60
_CHAIN = re.compile(r".+\.[0-9]{1,18}", re.DOTALL)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNUSUAL = re.compile(r"\d{9}|\d[eE]|NaN|Infinity|\"(?!19|2\d)\d{4}-")
