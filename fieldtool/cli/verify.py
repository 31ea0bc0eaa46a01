"""`fieldtool verify` and `fieldtool rebuild`: is the record whole, and make everything else from it anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.output import columns, say, say_json
from fieldtool.cli.session import FOUND, file_to_write, json_option, looking_at, path_argument
from fieldtool.domain.words.days import moment_in_full
from fieldtool.domain.words.numbers import counted, number

if TYPE_CHECKING:
    from fieldtool.domain.log.findings import Finding, Touched


@click.command(short_help="Check that the record is whole and unaltered.")
@path_argument
@json_option
@click.pass_context
def verify(ctx: click.Context, path: Path, as_json: bool) -> None:
    """Check that the record of the inspection PATH is whole and unaltered, and that all tables agree with it.

    Findings say what is wrong, which events it touches and what to do; with any of them, the exit code is 1.
    Remarks say what else is to be known: what is not signed yet, clocks that have jumped, texts that are
    being written, events of later versions.

    \b
    Examples:
      fieldtool verify hiow.db
      fieldtool verify hiow.db --json > verified.json
    """
    from fieldtool.store.audit.file_check import examine
    from fieldtool.store.chain.reading import read_events
    from fieldtool.store.file.database import StoreError

    with looking_at(path) as inspection:
        said = [*examine(inspection.file.database)]
        chains: Counter[tuple[str, int]] = Counter()
        with suppress(StoreError):  # of a damaged file, findings have said so
            chains.update(event.id[:2] for event in read_events(inspection.file.database))
    findings = [each for each in said if each.grave]
    remarks = [each for each in said if not each.grave]
    if as_json:
        from fieldtool.cli.json_of_views import Verified

        size = {"events": chains.total(), "chains": len(chains), "sound": not findings}
        say_json(Verified.made_of(findings=findings, remarks=remarks, **size))
    else:
        size_told = f"{counted(chains.total(), 'event')} in {counted(len(chains), 'chain')}"
        sound = ", unaltered and without a gap; all views as the log says."
        say([f"{size_told}{'.' if findings else sound}"])
        say(_lines("finding", findings))
        say(_lines("remark", remarks))
    if findings:
        ctx.exit(FOUND)


def _lines(noun: str, said: Sequence[Finding]) -> Iterator[str]:
    if not said:
        return
    yield ""
    yield f"{counted(len(said), noun)}:"
    for place, each in enumerate(said, 1):
        yield ""
        yield f"{place}. {each.what}"
        yield from columns([*map(_row, each.events)]) if each.events else ()
        if each.events and each.number > len(each.events):
            yield f"   and {number(each.number - len(each.events))} more"
        if each.advice:
            yield f"   What to do: {each.advice}"


def _row(event: Touched) -> tuple[str, ...]:
    about = " ".join(part for part in (event.subject, event.slot.replace(":", " ", 1).strip()) if part)
    return (f"   {event.id}", moment_in_full(event.wall), event.actor, event.kind, about)


@click.command(short_help="Work out all tables anew from the record.")
@path_argument
def rebuild(path: Path) -> None:
    """Work out all tables of the inspection PATH anew from its record; the record itself is not touched.

    \b
    Example:
      fieldtool rebuild hiow.db
    """
    from fieldtool.store.audit.file_check import rebuild

    with file_to_write(path) as file:
        say([f"All views were made anew from {counted(rebuild(file.database), 'event')}."])
