"""`fieldtool conflicts`: what people said without knowing of each other, and nobody has settled yet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.output import columns, say, say_json
from fieldtool.cli.session import FOUND, json_option, looking_at, path_argument
from fieldtool.domain.words.days import moment_in_full
from fieldtool.domain.words.numbers import counted

if TYPE_CHECKING:
    from fieldtool.domain.log.conflicts import Conflict, ForkedEvent, Side
    from fieldtool.domain.method.framework import Framework


@click.command(short_help="What two people said without knowing of each other.")
@path_argument
@json_option
def conflicts(path: Path, as_json: bool) -> None:
    """List the conflicts of the inspection PATH, each with what every side said, who, when and on which laptop.

    All sides are kept, and the latest is what is shown, until the holder of the case or the lead inspector settles
    it: open the inspection, then f4. What a restored laptop recorded twice under one number is listed as well.

    Ends with 1 if there is anything to settle.

    \b
    Examples:
      fieldtool conflicts hiow.db
      fieldtool conflicts hiow.db --json
    """
    with looking_at(path) as inspection:
        there, forked = inspection.conflicts(), inspection.forked()
        if as_json:
            from fieldtool.cli.json_of_views import Conflicts

            say_json(Conflicts.made_of(conflicts=there, forked=forked))
        else:
            say(_lines(inspection.framework, there, forked))
    raise SystemExit(FOUND if there or forked else 0)


def _lines(framework: Framework, there: Sequence[Conflict], forked: Sequence[ForkedEvent]) -> Iterator[str]:
    from fieldtool.domain.words.slots import name_of, value_of

    if not there and not forked:
        yield "There are no conflicts."
        return
    for conflict in there:
        yield f"{conflict.ref or 'The inspection'}: {name_of(framework, conflict.slot)}"
        yield from _sides(
            conflict, [value_of(framework, conflict.slot, side.value) for side in conflict.sides]
        )
        yield ""
    if forked:
        yield "Recorded on a copy of a laptop's file that was worked in as well, and without effect here:"
        yield from columns(
            [
                (
                    f"  {each.ref or 'The inspection'}",
                    each.side.who,
                    moment_in_full(each.side.wall),
                    _laptop(each.side),
                    f"{name_of(framework, each.slot)}: {value_of(framework, each.slot, each.side.value)}"
                    f" (here: {value_of(framework, each.slot, each.now)})",
                )
                for each in forked
            ]
        )
        yield ""
    yield f"{counted(len(there) + len(forked), 'thing')} to settle: open the inspection, then f4."


def _sides(conflict: Conflict, values: Sequence[str]) -> Iterator[str]:
    """What each said, with the reason below it."""
    rows = [
        (
            f"  {place}",
            side.who,
            moment_in_full(side.wall),
            _laptop(side),
            value + (" (shown)" if side.shown else ""),
        )
        for place, (side, value) in enumerate(zip(conflict.sides, values, strict=True), 1)
    ]
    for line, side in zip(columns(rows), conflict.sides, strict=True):
        yield line
        if side.why:
            yield f"       because: {side.why}"


def _laptop(side: Side) -> str:
    return f"laptop {side.event.device}"
