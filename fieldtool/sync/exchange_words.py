"""An exchange in words, the same on the screen and on the lines of a command."""

from __future__ import annotations

from collections.abc import Iterator

from fieldtool.domain.words.days import moment_in_full
from fieldtool.domain.words.numbers import counted, number
from fieldtool.sync.differences import Difference
from fieldtool.sync.exchange import Exchanged

ALL_THERE = "Everything that is on this laptop is there."


def passed_on(done: Exchanged) -> str:
    """How much was sent and taken."""
    return f"{counted(done.went.new, 'entry', 'entries')} sent, {number(done.came.new)} taken."


def amiss(done: Exchanged, *, again: bool = True) -> Iterator[str]:
    """What could not be done, what is not there, and what was set aside: nothing where all is well.

    Args:
        again: name each file that was set aside, also those that were before.
    """
    yield from done.failures
    yield from map(difference_in_words, (*done.lacking, *done.forks))
    for each in done.waiting:
        are = "is" if each.number == 1 else "are"
        yield f"{_which(each)} {are} missing there, and what follows waits for it: let that laptop send again."
    aside = [each for each in done.aside if each.new or again]
    yield from (f"Set aside: {each}" for each in aside)
    if len(aside) < len(done.aside):
        more = counted(len(done.aside) - len(aside), "file")
        yield f"Set aside before: {more}; `fieldtool reconcile` names them."
    if not done.confirmed and not done.failures:
        yield "The place could not be asked afterwards what it has: send again."


def difference_in_words(each: Difference) -> str:
    """What one side has and another has not, or has otherwise."""
    which = _which(each)
    if not each.where:
        return (
            f"{which} and what follows is there twice and differs: the file was copied or put back, and worked in on "
            "both sides. Both are kept; the conflicts show what each says."
        )
    since = f", recorded {moment_in_full(each.since)}" if each.since else ""
    return f"{named(each.where)} lacks {which[0].lower()}{which[1:]}{since}."


def named(place: str) -> str:
    """A place at the beginning of a sentence."""
    return place[0].upper() + place[1:] if place.startswith(("the ", "this ")) else place


def _which(each: Difference) -> str:
    numbers = f"Entry {each.first}" if each.number == 1 else f"Entries {each.first} to {each.last}"
    who = f" ({each.who})" if each.who else ""
    return f"{numbers} of device {each.device.id}.{each.device.incarnation}{who}"
