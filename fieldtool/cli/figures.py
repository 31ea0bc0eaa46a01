"""`fieldtool figures`: the figures that an inspection is compared with, taken in from a file, and shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.dispatch import Refused
from fieldtool.cli.output import columns, say, say_json
from fieldtool.cli.session import A_PATH, as_option, json_option, looking_at, path_argument, working_in
from fieldtool.domain.words.numbers import counted

if TYPE_CHECKING:
    from fieldtool.caselist.figures_file import FiguresRead
    from fieldtool.domain.kinds.comparison_figures import FiguresImported
    from fieldtool.domain.method.figures import Whose
    from fieldtool.domain.method.framework import Framework
    from fieldtool.work.inspection import Inspection


@click.command(short_help="The figures to compare with: of the previous inspection, of other services.")
@path_argument
@click.argument("whose", required=False, type=click.Choice(["previous", "comparison"]))
@click.argument("file", required=False, type=A_PATH)
@click.option("--title", metavar="WORDS", help='What the figures are of, as "Inspection of January 2019".')
@click.option("--dry-run", is_flag=True, help="Only say what would be taken.")
@as_option
@json_option
def figures(
    path: Path,
    whose: Whose | None,
    file: Path | None,
    title: str | None,
    dry_run: bool,
    person: str | None,
    as_json: bool,
) -> None:
    """Show the figures that the inspection PATH is compared with, or take them in from FILE, CSV or XLSX.

    They are those of the previous inspection of the same service, or those of the group that it is compared with. FILE
    has a row for each key question or prompt: its id, and the per cent (whole), or n and N. Only with n and N can a
    difference be called significant. What is imported takes the place of what was there; a file with a fault is not
    imported at all.

    \b
    Examples:
      fieldtool figures hiow.db previous 2019.csv --title "Inspection of January 2019"
      fieldtool figures hiow.db comparison crcs.xlsx --dry-run
      fieldtool figures hiow.db
    """
    if whose is None:
        if title is not None or dry_run:
            raise Refused("--title and --dry-run go with a file of figures: see `fieldtool figures --help`.")
        with looking_at(path) as inspection:
            _show(inspection, as_json)
        return
    if file is None:
        raise Refused(f"Say which file has the figures: `fieldtool figures PATH {whose} FILE`.")
    from fieldtool.caselist.figures_file import read_figures
    from fieldtool.domain.method.figures import TITLES
    from fieldtool.work.lead.lead import Lead
    from fieldtool.work.lead.setting_up import propose_figures

    with looking_at(path) if dry_run else working_in(path, person) as inspection:
        read = read_figures(file, inspection.framework, whose)
        if not dry_run:
            propose_figures(Lead(inspection), whose, read.figures, title or "").carry_out()
        name = " ".join((title or "").split()) or TITLES[whose]
        if as_json:
            from fieldtool.cli.json_of_tasks import FiguresTaken

            say_json(FiguresTaken.made_of(read, set=whose, title=name, imported=not dry_run))
        else:
            say(_taken(read, name, dry_run))


def _taken(read: FiguresRead, name: str, dry_run: bool) -> Iterator[str]:
    yield from columns([(f"  {what}", heading) for what, heading in read.columns.items()])
    if read.without:
        yield f"Without a figure: {', '.join(read.without)}"
    if read.passed_over:
        rows = ", ".join(map(str, read.passed_over[:10])) + (
            " and more" if len(read.passed_over) > 10 else ""
        )
        yield f"Passed over, for want of an item and a figure: row {rows}"
    with_numbers = sum(figure.n is not None for figure in read.figures.values())
    told = f"{counted(len(read.figures), 'figure')} of {name}, {with_numbers or 'none'} of them with n and N"
    yield f"{told}. Nothing was imported: this was a look only." if dry_run else f"{told}: imported."


def _show(inspection: Inspection, as_json: bool) -> None:
    from fieldtool.work.lead.setting_up import figures_of

    there = figures_of(inspection)
    if as_json:
        from fieldtool.cli.json_of_tasks import FigureSets

        say_json(FigureSets.model_validate(there))
    elif there:
        for place, each in enumerate(there.values()):
            say([*([""] if place else []), f"{each.name}: {counted(len(each.figures), 'figure')}"])
            say(_lines(inspection.framework, each))
    else:
        say(
            [
                "There are no figures to compare with yet: bring them in with `fieldtool figures PATH previous FILE`."
            ]
        )


def _lines(framework: Framework, imported: FiguresImported) -> list[str]:
    wordings = {id: question.wording for id, question in framework.key_questions_by_id.items()}
    wordings |= {id: prompt.wording for id, prompt in framework.prompts_by_id.items()}
    places = {item: place for place, item in enumerate(framework.standard_of)}
    rows = [
        (
            f"  {item}",
            f"{figure.percent} per cent",
            "" if figure.n is None else f"{figure.n} of {figure.of}",
            wordings.get(item, ""),
        )
        for item, figure in sorted(
            imported.figures.items(), key=lambda each: places.get(each[0], len(places))
        )
    ]
    return columns(rows, right=(1, 2))
