"""`fieldtool export`: the tables of the report, written into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.output import counted, say
from fieldtool.cli.session import complete_only_option, looking_at, path_argument

if TYPE_CHECKING:
    from fieldtool.export.contents import Contents
    from fieldtool.work.inspection import Inspection


@click.command(short_help="Write the tables of the report into a folder.")
@path_argument
@click.option(
    "--to",
    "folder",
    required=True,
    metavar="DIR",
    type=click.Path(readable=False, path_type=Path),
    help="The folder to write into; it is made if it is not there.",
)
@complete_only_option
@click.option("--with-notes", is_flag=True, help="With what inspectors wrote, which is about real people.")
@click.option("--force", is_flag=True, help="Replace files that are there already.")
def export(path: Path, folder: Path, complete_only: bool, with_notes: bool, force: bool) -> None:
    """Write the tables of the inspection PATH into a folder, each as CSV and as Markdown.

    \b
    ratings         each standard, and the overall rating
    key_questions   each key question: per cent, n and N, band, and the figures it is compared with
    prompts         the data annexe: each prompt, compared likewise
    subgroups       the data annexe: each key question by groups of cases
    answers         each answer and judgement of each case
    cases           each case with its facts
    eliminated      where there are any: each case that dropped out, and what came for it
    agenda          where there is one: each item, with what came of it
    evidence        what was noted there, by standard and key question
    interviews      how often each answer to the interview form was given, in per cent

    \b
    Examples:
      fieldtool export hiow.db --to tables
      fieldtool export hiow.db --to tables --complete-only --force
    """
    from fieldtool.export import csv_table, markdown_table
    from fieldtool.export.counted_tables import tables
    from fieldtool.export.export_folder import put

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
    from fieldtool.work.lead import Lead, replacements
    from fieldtool.work.lead.agenda import Agenda
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
