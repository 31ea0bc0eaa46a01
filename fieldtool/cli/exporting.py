"""`fieldtool export`: the tables of the report, written into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.output import say
from fieldtool.cli.session import A_PATH, complete_only_option, looking_at, path_argument
from fieldtool.domain.words.numbers import counted

if TYPE_CHECKING:
    from fieldtool.export.contents import Contents
    from fieldtool.work.inspection import Inspection


class _Export(click.Command):
    """The command, whose help lists the tables there are."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the tables, then the options."""
        from fieldtool.export.tables import registered

        with formatter.section("Tables, where there is something to write in them"):
            formatter.write_dl([(id, (make.__doc__ or "").strip()) for id, make in registered().items()])
        super().format_options(ctx, formatter)


@click.command(cls=_Export, short_help="Write the tables of the report into a folder.")
@path_argument
@click.option(
    "--to",
    "folder",
    required=True,
    metavar="DIR",
    type=A_PATH,
    help="The folder to write into; it is made if it is not there.",
)
@complete_only_option
@click.option("--with-notes", is_flag=True, help="With what inspectors wrote, which is about real people.")
@click.option("--force", is_flag=True, help="Replace files that are there already.")
def export(path: Path, folder: Path, complete_only: bool, with_notes: bool, force: bool) -> None:
    """Write the tables of the inspection PATH into a folder, each as CSV and as Markdown.

    \b
    Examples:
      fieldtool export hiow.db --to tables
      fieldtool export hiow.db --to tables --complete-only --force
    """
    from fieldtool.export import csv_table, markdown_table
    from fieldtool.export.export_folder import put
    from fieldtool.export.tables import tables

    with looking_at(path) as inspection:
        made = tables(_contents(inspection, complete_only, with_notes))
    files = {
        f"{table.id}{writer.ENDING}": writer.write(table)
        for table in made
        for writer in (csv_table, markdown_table)
    }
    put(folder, files, replace=force)
    say([f"{counted(len(made), 'table')} as CSV and as Markdown: {folder}"])


def _contents(inspection: Inspection, complete_only: bool, with_notes: bool) -> Contents:
    from fieldtool.export.contents import Contents
    from fieldtool.work.lead import replacements
    from fieldtool.work.lead.agenda import Agenda
    from fieldtool.work.lead.lead import Lead
    from fieldtool.work.lead.setting_up import figures_of

    lead = Lead(inspection)
    agenda = Agenda(lead)
    heading, standing = inspection.file.heading, inspection.standing(complete_only=complete_only)
    return Contents(
        title=heading.title,
        provider=heading.provider,
        framework=inspection.framework,
        cases=tuple(inspection.cases(complete_only=complete_only)),
        counts=inspection.counts(complete_only=complete_only),
        standards=standing.standards,
        overall=standing.overall,
        unrated=inspection.unrated,
        complete_only=complete_only,
        with_notes=with_notes,
        eliminated=tuple(replacements.eliminated(lead)),
        figures=figures_of(inspection),
        agenda=agenda.items,
        evidence=agenda.notes(),
        interviews=agenda.answers,
    )
