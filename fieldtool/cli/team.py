"""`fieldtool team`, `laptops` and `recovery-keys`: who is on the team, whose laptops belong to it, who opens what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fieldtool.cli.dispatch import Refused
from fieldtool.cli.output import columns, quoted, say, say_json
from fieldtool.cli.session import as_option, json_option, looking_at, path_argument, working_in
from fieldtool.domain.words.days import moment_in_full
from fieldtool.domain.words.numbers import counted, listed, number
from fieldtool.work import new_inspection

if TYPE_CHECKING:
    from fieldtool.domain.log.known_laptops import KnownLaptop
    from fieldtool.work.inspection import Inspection

because_option = click.option("--because", metavar="WORDS", default="", help="With remove: why.")


@click.command(short_help="Who is on the team: add, remove, list.")
@path_argument
@click.argument("action", type=click.Choice(["add", "remove", "list"]))
@click.argument("id", required=False)
@click.argument("name", required=False)
@click.argument("role", required=False)
@click.option(
    "--office", metavar="PLACE", help="Of a local assessor: the office whose cases they never assess."
)
@because_option
@json_option
@as_option
def team(
    path: Path,
    action: str,
    id: str | None,
    name: str | None,
    role: str | None,
    office: str | None,
    because: str,
    as_json: bool,
    person: str | None,
) -> None:
    """Say who is on the team of the inspection PATH; take somebody into it (ID, NAME and ROLE), or off it (ID).

    Roles are lead_inspector, inspector and local_assessor. Who is on the team already gets the name and role that
    are said now. The office is spelt as in the case list.

    Whoever is removed keeps what they did until then, and the cases that they hold; all their laptops are removed.

    \b
    Examples:
      fieldtool team hiow.db add INS-04 "Ines Four" inspector
      fieldtool team hiow.db add LOC-1 "Lou Case" local_assessor --office Portsmouth
      fieldtool team hiow.db remove INS-04 --because "has left the inspectorate"
      fieldtool team hiow.db list
    """
    match action:
        case "list":
            _say_team(path, as_json)
        case "remove":
            if id is None or name is not None:
                raise Refused(
                    "Say whom to remove, by their id: `fieldtool team PATH remove ID --because WORDS`."
                )
            _remove_person(path, person, id, because)
        case _:
            _add_person(path, person, id, name, role, office)


def _add_person(
    path: Path, person: str | None, id: str | None, name: str | None, role: str | None, office: str | None
) -> None:
    if id is None or name is None or role is None or not name.strip():
        raise Refused('Say whom to add: `fieldtool team PATH add ID "NAME" ROLE`.')
    try:
        id = new_inspection.person_id(id)
    except ValueError as error:
        raise Refused(f'"{id}": {error}') from error
    try:
        said = new_inspection.role(role)
    except ValueError as error:
        raise Refused(f'There is no role "{role}": {error}') from error
    from fieldtool.work.lead.lead import Lead
    from fieldtool.work.lead.offices import is_place
    from fieldtool.work.lead.setting_up import propose_person

    with working_in(path, person) as inspection:
        lead = Lead(inspection)
        office = office and office.strip()
        propose_person(lead, id, name.strip(), said, office).carry_out()
        everybody = len(inspection.file.people)
        unknown = bool(office) and not is_place(lead, office or "")
    as_what = said.replace("_", " ")
    say([f"{id} is on the team now, as {as_what}: {counted(everybody, 'person', 'people')} in all."])
    if unknown:
        say(
            [
                f"No case is of {office} so far: unless it is spelt so in the case list, {id} may get cases of their "
                "own office."
            ]
        )


def _remove_person(path: Path, person: str | None, who: str, because: str) -> None:
    from fieldtool.work.lead import removals
    from fieldtool.work.lead.lead import Lead

    with working_in(path, person) as inspection:
        departed = removals.propose_person(Lead(inspection), who, because).carry_out()
    say(_departed(path, who, departed.laptops, departed.cases))


def _departed(path: Path, who: str, laptops: Sequence[KnownLaptop], cases: Sequence[str]) -> Iterator[str]:
    yield f"{who} is off the team now; what they did stays."
    yield from map(_no_more, laptops)
    if laptops:
        yield _SEND
    if cases:
        file = quoted(path)
        few = listed([*cases[:5], "others"] if len(cases) > 5 else cases)
        yield f"{who} still holds {counted(len(cases), 'case')}: {few}. To free them, or give them to somebody:"
        yield f"  fieldtool assign {file} --of {who} --back --because WORDS"
        yield f"  fieldtool assign {file} --of {who} --to PERSON --because WORDS"


def _say_team(path: Path, as_json: bool) -> None:
    from fieldtool.domain.method.case_line import CaseFilter
    from fieldtool.store.keys.team import left
    from fieldtool.work.lead.lead import Lead

    with looking_at(path) as inspection:
        lead = Lead(inspection)
        held = Counter(line.holder for line in inspection.file.all_lines(CaseFilter()))
        offices, everybody, gone = lead.offices, lead.team, left(inspection.file.database)
    if as_json:
        from fieldtool.cli import json_of_tasks as shapes

        people = [
            shapes.Member.made_of(
                each, cases=held[each.id], **({"office": offices[each.id]} if each.id in offices else {})
            )
            for each in everybody.values()
        ]
        say_json(
            shapes.Team.made_of(
                team=people,
                left=[shapes.Left.made_of(each, id=id, cases=held[id]) for id, each in gone.items()],
            )
        )
        return
    rows = [
        (
            each.id,
            each.name,
            each.role.replace("_", " "),
            counted(held[each.id], "case"),
            offices.get(each.id, ""),
        )
        for each in everybody.values()
    ]
    say(columns(rows) if rows else ["There is nobody on the team yet."])
    say(
        f"{id} was removed by {each.by} {moment_in_full(each.wall)} ({each.why})"
        + (f", and still holds {counted(held[id], 'case')}." if held[id] else ".")
        for id, each in gone.items()
    )


# ---------------------------------------------------------------------- laptops


@click.command(short_help="Which laptops belong to the inspection: list, remove.")
@path_argument
@click.argument("action", type=click.Choice(["list", "remove"]), default="list")
@click.argument("named", metavar="[LAPTOP]", required=False)
@because_option
@json_option
@as_option
def laptops(
    path: Path,
    action: str,
    named: str | None,
    because: str,
    as_json: bool,
    person: str | None,
) -> None:
    """Say which laptops belong to the inspection PATH, or remove one, as when it was stolen.

    A LAPTOP is named by the beginning of its key, as it is listed, or by its person, if they have one alone. What
    it records from then on counts nowhere; what had come from it before stays. `fieldtool invite` lets another in.

    \b
    Examples:
      fieldtool laptops hiow.db
      fieldtool laptops hiow.db remove 5d1c33a4 --because "stolen from a car"
      fieldtool laptops hiow.db remove INS-04 --because "broken, and replaced"
    """
    from fieldtool.work.lead import removals
    from fieldtool.work.lead.lead import Lead

    if action == "list":
        if named is not None:
            raise Refused(
                "Say `fieldtool laptops PATH`, or `fieldtool laptops PATH remove LAPTOP --because WORDS`."
            )
        with looking_at(path) as inspection:
            known = removals.known_laptops(Lead(inspection))
            leads = _who_led(inspection)
        if as_json:
            from fieldtool.cli.json_of_tasks import Laptops

            say_json(Laptops.model_validate(known))
        else:
            say(_listed(known, leads))
        return
    if named is None:
        raise Refused("Say which laptop: `fieldtool laptops PATH` names them.")
    with working_in(path, person) as inspection:
        removed = removals.propose_laptop(Lead(inspection), named, because).carry_out()
    say([*map(_no_more, removed.laptops), _SEND])


def _listed(known: Sequence[KnownLaptop], leads: frozenset[str]) -> Iterator[str]:
    if not known:
        yield "No laptop takes part yet: `fieldtool sync` begins, and `fieldtool invite` lets others in."
        return
    rows = [("Laptop", "Person", "Joined", "Last heard of", "Entries", "")]
    for each in known:
        joined = _when(each.joined) if each.joined else f"invited {_when(each.invited)}"
        rows.append((each.short, each.person, joined, _when(each.heard), number(each.events), _state(each)))
    yield from columns(rows, right=(4,))
    for each in known:
        for what, by in (("invited", each.invited_by), ("removed", each.removed_by)):
            # The program of whoever did it did not ask; so all should know.
            if by and by not in leads and not (what == "invited" and by == each.person):
                yield f"{each.short} was {what} by {by}, who has never been a lead inspector."


def _state(laptop: KnownLaptop) -> str:
    if laptop.removed:
        return f"removed {_when(laptop.removed)} by {laptop.removed_by}: {laptop.why}"
    return "this laptop" if laptop.here else ""


def _when(wall: str) -> str:
    day, _, time = wall.partition("T")
    return f"{day} {time[:5]}" if wall else "never"


def _who_led(inspection: Inspection) -> frozenset[str]:
    from fieldtool.store.keys.team import ever_led

    return ever_led(inspection.file.database)


def _no_more(laptop: KnownLaptop) -> str:
    return (
        f"Laptop {laptop.short} of {laptop.person} is removed: its {counted(laptop.events, 'entry', 'entries')} that "
        "are here stay, and whatever else it has recorded counts nowhere."
    )


_SEND = (
    "Send this to the others with `fieldtool sync`. If there is a central store, take the login away as well: "
    "`fieldtool central people URL remove PATH LOGIN`."
)


# ---------------------------------------------------------------------- recovery keys


@click.command("recovery-keys", short_help="Who else can open what is sent: list, add, end.")
@path_argument
@click.argument("action", type=click.Choice(["list", "add", "end"]), default="list")
@click.argument("name", required=False)
@click.argument("recipient", metavar="[AGE]", required=False)
@json_option
@as_option
def recovery_keys(
    path: Path, action: str, name: str | None, recipient: str | None, as_json: bool, person: str | None
) -> None:
    """Say for which public keys of age the bundles of the inspection PATH are sealed as well, besides its laptops.

    Whoever has the secret key to one, as the inspectorate's head office, can open all bundles that are made from then
    on, with the program age alone. Ending it leaves what was sealed before as it is.

    \b
    Examples:
      fieldtool recovery-keys hiow.db
      fieldtool recovery-keys hiow.db add "Head office" age1…
      fieldtool recovery-keys hiow.db end "Head office"
    """
    from fieldtool.store.keys import team
    from fieldtool.work.lead import removals
    from fieldtool.work.lead.lead import Lead

    match action, name, recipient:
        case "list", None, None:
            with looking_at(path) as inspection:
                known = team.recovery_keys(inspection.file.database)
            if as_json:
                from fieldtool.cli.json_of_tasks import RecoveryKeys

                say_json(RecoveryKeys.model_validate(known))
            elif known:
                say(
                    columns(
                        [(each.name, each.recipient, f"{_when(each.wall)} by {each.by}") for each in known]
                    )
                )
            else:
                say(["There is no recovery key: only the laptops of the team can open what is sent."])
        case "add", str(), str():
            with working_in(path, person) as inspection:
                removals.propose_recovery_key(Lead(inspection), name, recipient).carry_out()
            say(
                [
                    f"All bundles are sealed for {name} as well, from the next `fieldtool sync` of each laptop on."
                ]
            )
        case "end", str(), None:
            with working_in(path, person) as inspection:
                removals.propose_recovery_key(Lead(inspection), name, None).carry_out()
            say([f"Bundles are sealed for {name} no more; what was sealed until now stays so."])
        case _:
            raise Refused("Say `fieldtool recovery-keys PATH`, … add NAME AGE, or … end NAME.")
