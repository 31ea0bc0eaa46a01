"""The program `fieldtool`: its commands put together, none of them loaded further than its help needs."""

from __future__ import annotations

import contextlib
import signal
import sys

import click

from fieldtool import __version__
from fieldtool.cli.about import about
from fieldtool.cli.agenda import agenda
from fieldtool.cli.assigning import assign
from fieldtool.cli.case import case
from fieldtool.cli.case_lists import cases
from fieldtool.cli.central import central
from fieldtool.cli.conflicts import conflicts
from fieldtool.cli.copying import backup, copy, restore
from fieldtool.cli.dispatch import Commands
from fieldtool.cli.exporting import export
from fieldtool.cli.figures import figures
from fieldtool.cli.frameworks import framework
from fieldtool.cli.history import history
from fieldtool.cli.passphrases import new, passphrase, recover
from fieldtool.cli.progress import progress
from fieldtool.cli.ratings import ratings
from fieldtool.cli.recording import RECORDING
from fieldtool.cli.replacing import replace
from fieldtool.cli.sampling import sample
from fieldtool.cli.start import demo, open_
from fieldtool.cli.syncing import invite, join, reconcile, sync
from fieldtool.cli.team import laptops, recovery_keys, team
from fieldtool.cli.verify import rebuild, verify
from fieldtool.cli.walking import walk


@click.group(cls=Commands)
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
def cli() -> None:
    """Assess cases of probation services on site, and see where the ratings stand.

    Without a command, the inspection in the file PATH is opened in the terminal, or set up if it is not there;
    without PATH, the one that was opened last.

    \b
    Examples:
      fieldtool demo                           a sample inspection to try things on
      fieldtool new hiow.db                    set up an inspection of your own
      fieldtool hiow.db --as INS-04            open an inspection as its inspector INS-04
      fieldtool walk hiow.db CS-014            a case in plain lines, as for a screen reader
      fieldtool ratings hiow.db                where the ratings stand, as plain lines
      fieldtool case hiow.db CS-014            one case with all its answers
      fieldtool export hiow.db --to tables     the tables of the report, as CSV and Markdown

    A command ends with 0 when all is well, 1 when it has found something to look at, and 2 when it was not
    used correctly or the file cannot be used.
    """


for command in (
    open_,
    demo,
    new,
    about,
    walk,
    *RECORDING,
    team,
    cases,
    sample,
    assign,
    agenda,
    figures,
    replace,
    ratings,
    progress,
    case,
    history,
    conflicts,
    verify,
    rebuild,
    passphrase,
    recover,
    copy,
    restore,
    backup,
    sync,
    reconcile,
    invite,
    join,
    laptops,
    recovery_keys,
    framework,
    export,
    central,
):
    cli.add_command(command)


def main() -> None:
    """Run the program; ends with its exit code."""
    _leave_nothing_behind()
    cli(prog_name="fieldtool")


def _leave_nothing_behind() -> None:
    """Let no end of the program leave on the disk what it had in memory, or what it was half done with."""
    # Windows has no such limit, and writes nobody's memory to the disk unless told to.
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            # As any other end, so that what stands aside is taken away; the app takes these over.
            signal.signal(getattr(signal, name), _end)


def _end(number: int, frame: object) -> None:
    del frame
    sys.exit(128 + number)
