"""`fieldtool team` and `fieldtool assign`: who is on the team, and who has which case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.group import Refused
from fieldtool.cli.lines import columns, counted, listed, say
from fieldtool.cli.looking import looking_at, path_argument
from fieldtool.cli.passphrases import LONGEST_ID, ROLES
from fieldtool.cli.working import as_option, working_in

if TYPE_CHECKING:
    from fieldtool.lead import Lead

FOUND = 1
"""Exit code where some cases could be given to nobody."""


@click.command(short_help="Who is on the team: add, list.")
@path_argument
@click.argument("action", type=click.Choice(["add", "list"]))
@click.argument("id", required=False)
@click.argument("name", required=False)
@click.argument("role", required=False)
@click.option(
    "--office", metavar="PLACE", help="Of a local assessor: the office whose cases they never assess."
)
@as_option
def team(
    path: Path,
    action: str,
    id: str | None,
    name: str | None,
    role: str | None,
    office: str | None,
    person: str | None,
) -> None:
    """Say who is on the team of the inspection PATH, or take somebody into it: with an ID, a NAME and a ROLE.

    Roles are lead_inspector, inspector and local_assessor. Who is on the team already gets the name and role that
    are said now. The office is a hub or local delivery unit, spelt as in the case list.

    \b
    Examples:
      fieldtool team hiow.db add INS-04 "Ines Four" inspector
      fieldtool team hiow.db add LOC-1 "Lou Case" local_assessor --office Portsmouth
      fieldtool team hiow.db list
    """
    if action == "list":
        _say_team(path)
        return
    if id is None or name is None or role is None or not name.strip():
        raise Refused('Say whom to add: `fieldtool team PATH add ID "NAME" ROLE`.')
    if not id.isprintable() or len(id.split()) != 1 or len(id) > LONGEST_ID:
        raise Refused(f"An id is a word of up to {LONGEST_ID} signs, without blanks.")
    said = role.lower().replace(" ", "_").replace("-", "_")
    from fieldtool.lead import Lead

    with working_in(path, person) as inspection:
        match said:
            case "lead_inspector" | "inspector" | "local_assessor":
                Lead(inspection).add_person(id, name.strip(), said, office and office.strip())
            case _:
                raise Refused(f'There is no role "{role}": there are {listed(ROLES)}.')
        number = len(inspection.roll.people)
    say(
        [
            f"{id} is on the team now, as {said.replace('_', ' ')}: {counted(number, 'person', 'people')} in all."
        ]
    )


def _say_team(path: Path) -> None:
    from fieldtool.domain.listing import CaseFilter
    from fieldtool.lead import Lead

    with looking_at(path) as inspection:
        lead = Lead(inspection)
        held = Counter(line.holder for line in inspection.roll.all_lines(CaseFilter()))
        rows = [
            (
                each.id,
                each.name,
                each.role.replace("_", " "),
                counted(held[each.id], "case"),
                lead.offices.get(each.id, ""),
            )
            for each in lead.team.values()
        ]
    say(columns(rows) if rows else ["There is nobody on the team yet."])


@click.command(short_help="Give cases to people: by name, or evenly.")
@path_argument
@click.argument("refs", metavar="[REF]...", nargs=-1)
@click.option("--to", metavar="PERSON", help="Who gets the cases.")
@click.option("--back", is_flag=True, help="Nobody is to hold the cases any more.")
@click.option("--evenly", is_flag=True, help="Share out all cases that nobody holds.")
@click.option(
    "--by", metavar="FACT", help="With --evenly: keep cases of one hub, or another fact, in few hands."
)
@click.option(
    "--among", multiple=True, metavar="PERSON", help="With --evenly: who gets them; usually all inspectors."
)
@click.option("--because", metavar="WORDS", default="", help="Why a case is taken from its holder.")
@as_option
def assign(
    path: Path,
    refs: tuple[str, ...],
    to: str | None,
    back: bool,
    evenly: bool,
    by: str | None,
    among: tuple[str, ...],
    because: str,
    person: str | None,
) -> None:
    """Say who holds which cases of the inspection PATH: whoever holds a case writes in it, the others read.

    Lead inspectors share out; a holder may hand a case on or give it back. To take a case from its holder, the lead
    says why. Local assessors never get a case of their own office.

    \b
    Examples:
      fieldtool assign hiow.db --evenly --by hub
      fieldtool assign hiow.db --to INS-04 X123456 X234567
      fieldtool assign hiow.db --to INS-07 X123456 --because "INS-04 is ill"
      fieldtool assign hiow.db --back X123456
    """
    if sum([to is not None, back, evenly]) != 1:
        raise Refused("Say one of --to PERSON, --back and --evenly. See `fieldtool assign --help`.")
    if evenly and refs:
        raise Refused("--evenly shares out all cases that nobody holds: name none, or use --to.")
    if not evenly and not refs:
        raise Refused("Say which cases, by their references: `fieldtool progress` knows them.")
    if not evenly and (by or among):
        raise Refused("--by and --among go with --evenly.")
    from fieldtool.lead import Lead

    with working_in(path, person) as inspection:
        lead, left = Lead(inspection), 0
        if evenly:
            left = _share_out(lead, among, by)
        elif to is None:
            given = lead.give_back(refs, because)
            say([f"{counted(len(given), 'case')} given back: nobody holds {_them(len(given))} now."])
        else:
            given = lead.assign(to, refs, because)
            already = len(set(refs)) - len(given)
            rest = f"; {counted(already, 'case')} already there" if already else ""
            say([f"{to} gets {counted(len(given), 'case')}{rest}."])
    if left:
        raise SystemExit(FOUND)


def _share_out(lead: Lead, among: Sequence[str], by: str | None) -> int:
    """Share out what nobody holds, say who gets what, and give the number of cases that nobody may have."""
    shared = lead.share_out(among, by)
    numbers = Counter(shared.holders.values())
    if not shared.holders:
        say(["No case is without a holder." if not shared.left else "Nothing was shared out."])
    rows = [
        (f"  {id}", known.name, counted(numbers[id], "case"))
        for id, known in lead.team.items()
        if numbers[id]
    ]
    if rows:
        say([f"{counted(len(shared.holders), 'case')} shared out", *columns(rows, right=(2,))])
    if shared.left:
        first = ", ".join(shared.left[:5])
        more = " and more" if len(shared.left) > 5 else ""
        say(
            [
                f"Nobody named may assess {counted(len(shared.left), 'case')}, of their own office: {first}{more}."
            ]
        )
    return len(shared.left)


def _them(number: int) -> str:
    return "it" if number == 1 else "them"
