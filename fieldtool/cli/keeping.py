"""`fieldtool verify` and `fieldtool rebuild`: is the record whole, and make everything else from it anew."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from fieldtool.cli.lines import counted, say
from fieldtool.cli.looking import looking_at, path_argument

FOUND = 1
"""The exit code that says: there is something to look at."""


@click.command(short_help="Check that the record is whole and unaltered.")
@path_argument
@click.pass_context
def verify(ctx: click.Context, path: Path) -> None:
    """Check that the record of the inspection PATH is whole and unaltered, and that all tables agree with it.

    Every finding is one line; with any of them, the exit code is 1.

    \b
    Example:
      fieldtool verify hiow.db
    """
    from fieldtool.store.log import read_events

    with looking_at(path) as inspection:
        found = False
        for finding in inspection.findings():
            found = True
            say([finding])
        if found:
            ctx.exit(FOUND)
        chains = Counter(event.id[:2] for event in read_events(inspection.roll.database))
        size = f"{counted(chains.total(), 'event')} in {counted(len(chains), 'chain')}"
        say([f"{size}, unaltered and without a gap; all views as the log says."])


@click.command(short_help="Work out all tables anew from the record.")
@path_argument
def rebuild(path: Path) -> None:
    """Work out all tables of the inspection PATH anew from its record; the record itself is not touched.

    \b
    Example:
      fieldtool rebuild hiow.db
    """
    from fieldtool.cli.unlocking import opened
    from fieldtool.inspection import Inspection

    with opened(path, to_write=True) as roll:
        say([f"All views were made anew from {counted(Inspection(roll).rebuild(), 'event')}."])
