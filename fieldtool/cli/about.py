"""`fieldtool about`: what an inspection is called, of whom it is, and when its fieldwork is; and changing that."""

from __future__ import annotations

from pathlib import Path

import click

from fieldtool.cli.output import say
from fieldtool.cli.session import as_option, leading, looking_at, path_argument


@click.command(short_help="Title, provider and dates of an inspection.")
@path_argument
@click.option("--title", help="What it is called.")
@click.option("--provider", help="Who is inspected.")
@click.option("--fieldwork-from", metavar="DATE", help="The first day of fieldwork, as 23/03/2026.")
@click.option("--fieldwork-to", metavar="DATE", help="The last day of fieldwork.")
@as_option
def about(
    path: Path,
    title: str | None,
    provider: str | None,
    fieldwork_from: str | None,
    fieldwork_to: str | None,
    person: str | None,
) -> None:
    """Say what the inspection PATH is called, or let a lead inspector change it.

    \b
    Examples:
      fieldtool about hiow.db
      fieldtool about hiow.db --fieldwork-to 27/03/2026
    """
    from fieldtool.domain.words.days import day_as_typed, typed_day
    from fieldtool.work.lead.setting_up import opening_of, propose_opening

    said = {
        "title": title and title.strip(),
        "provider": provider and provider.strip(),
        "fieldwork_from": fieldwork_from and typed_day(fieldwork_from),
        "fieldwork_to": fieldwork_to and typed_day(fieldwork_to),
    }
    changes = {name: value for name, value in said.items() if value is not None}
    if changes:
        with leading(path, person) as lead:
            propose_opening(lead, opening_of(lead.inspection).model_copy(update=changes)).carry_out()
    with looking_at(path) as inspection:
        opening = opening_of(inspection)
    say(
        [
            f"Title: {opening.title or 'none yet'}",
            f"Provider: {opening.provider or 'none yet'}",
            f"Fieldwork from: {day_as_typed(opening.fieldwork_from) or 'not known'}",
            f"Fieldwork to: {day_as_typed(opening.fieldwork_to) or 'not known'}",
        ]
    )
