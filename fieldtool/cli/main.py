"""The program `fieldtool`: its commands put together, none of them loaded further than its help needs."""

from __future__ import annotations

import click

from fieldtool import __version__
from fieldtool.cli.case import case
from fieldtool.cli.exporting import export
from fieldtool.cli.frameworks import framework
from fieldtool.cli.group import Commands
from fieldtool.cli.keeping import rebuild, verify
from fieldtool.cli.opening import demo, open_
from fieldtool.cli.progress import progress
from fieldtool.cli.ratings import ratings


@click.group(cls=Commands)
@click.version_option(__version__, "-V", "--version", message="%(prog)s %(version)s")
def cli() -> None:
    """Assess cases of probation services on site, and see where the ratings stand.

    Without a command, the inspection in the file PATH is opened in the terminal; without PATH, the one that
    was opened last.

    \b
    Examples:
      fieldtool demo                           a sample inspection to try things on
      fieldtool hiow.db --as INS-04            open an inspection as its inspector INS-04
      fieldtool ratings hiow.db                where the ratings stand, as plain lines
      fieldtool case hiow.db CS-014            one case with all its answers
      fieldtool export hiow.db --to tables     the tables of the report, as CSV and Markdown

    A command ends with 0 when all is well, 1 when it has found something to look at, and 2 when it was not
    used rightly or the file cannot be used.
    """


for command in (open_, demo, ratings, progress, case, verify, rebuild, framework, export):
    cli.add_command(command)


def main() -> None:
    """Run the program; ends with its exit code."""
    cli(prog_name="fieldtool")
