"""`fieldtool central`: set up the central store on PostgreSQL, and say who belongs to which inspection."""

from __future__ import annotations

from pathlib import Path

import click

from fieldtool.cli.dispatch import Refused
from fieldtool.cli.output import say
from fieldtool.cli.passphrase_prompt import NEW_PASSPHRASE, ask_hidden, at_terminal, new_passphrase
from fieldtool.cli.session import FOUND, looking_at

url_argument = click.argument("url")
"""The address of the database, without a password."""


@click.group(no_args_is_help=False, short_help="The central store on PostgreSQL: set up, people.")
def central() -> None:
    """Set up and look after the central store: a PostgreSQL database that takes the events of many inspections.

    A URL looks like postgresql://login@server/database. It never has the password in it: that comes from
    PGPASSWORD, from .pgpass, from the keyring of the system, or is asked for.

    \b
    Examples:
      fieldtool central init postgresql://owner@db.example.org/work
      fieldtool central people postgresql://owner@db.example.org/work list hiow.db
    """


@central.command(short_help="Make the tables and roles, or bring them up to date.")
@url_argument
def init(url: str) -> None:
    """Make the tables, roles and policies of a central store in the database at URL; harmless a second time.

    Log in as who shall own the store, and may create roles. docs/central.md says what is made.

    \b
    Example:
      fieldtool central init postgresql://owner@db.example.org/work
    """
    from fieldtool.sync.central.schema import VERSION, Administration

    administration = Administration(url, ask_password)
    new = administration.set_up()
    done = "is set up" if new else "is up to date"
    say([f"The central store at {administration.address.place} {done}, as version {VERSION}."])


@central.command(short_help="Who belongs to an inspection: add, remove, list.")
@url_argument
@click.argument("action", type=click.Choice(["add", "remove", "list"]))
@click.argument("inspection")
@click.argument("login", required=False)
@click.option("--read-only", is_flag=True, help="With add: may read the inspection, and not add to it.")
@click.option("--create", is_flag=True, help="With add: create the login, and ask for its password.")
@click.pass_context
def people(
    ctx: click.Context,
    url: str,
    action: str,
    inspection: str,
    login: str | None,
    read_only: bool,
    create: bool,
) -> None:
    """Say which logins of the server belong to an INSPECTION: its file, or its id.

    Whoever is added sees that inspection and no other. Whoever is removed sees it no more; what they have
    sent stays.

    \b
    Examples:
      fieldtool central people postgresql://owner@db.example.org/work add hiow.db ines --create
      fieldtool central people postgresql://owner@db.example.org/work add hiow.db dana --read-only
      fieldtool central people postgresql://owner@db.example.org/work remove hiow.db ines
      fieldtool central people postgresql://owner@db.example.org/work list hiow.db
    """
    from fieldtool.sync.central.schema import Administration

    administration = Administration(url, ask_password)
    id = _id_of(inspection)
    if action == "list":
        members = administration.people(id)
        say([f"{member.login}{'' if member.writes else '  (may only read)'}" for member in members])
        if not members:
            say(["Nobody belongs to this inspection in the central store."])
    elif login is None:
        raise Refused(f"Say which login: `fieldtool central people … {action} INSPECTION LOGIN`.")
    elif action == "add":
        administration.add(
            id, login, writes=not read_only, password=new_passphrase(NEW_PASSPHRASE) if create else None
        )
        say([f"{login} belongs to the inspection now{', and may only read it' if read_only else ''}."])
    elif administration.remove(id, login):
        say([f"{login} does not belong to the inspection any more."])
    else:
        say([f"{login} did not belong to the inspection."])
        ctx.exit(FOUND)


@central.command(short_help="Let the keyring of the system keep your password.")
@url_argument
def password(url: str) -> None:
    """Ask for the password of the login in URL, and let the keyring of the system keep it.

    \b
    Example:
      fieldtool central password postgresql://ines@db.example.org/work
    """
    from fieldtool.sync.central.connection import Address, keep_password

    address = Address.parse(url)
    given = ask_password(str(address))
    if not given:
        raise Refused("A password is asked for on a terminal, and was not given here: nothing was kept.")
    keep_password(str(address), given)
    say([f"The keyring keeps the password of {address}."])


def ask_password(place: str) -> str | None:
    """Ask for the password of a login of the server; None if there is nobody to ask."""
    return ask_hidden(f"Password of {place}: ") if at_terminal() else None


def _id_of(inspection: str) -> str:
    """The id of an inspection that was named by its id, or by its file."""
    path = Path(inspection)
    if not path.exists():
        if path.suffix:
            raise Refused(f"There is no file {path}: name the inspection's file, or its id.")
        return inspection
    from fieldtool.store.chain.reading import inspection_id

    with looking_at(path) as opened:
        id = inspection_id(opened.file.database)
    if not id:
        raise Refused(f"The inspection in {path} was not set up yet: it has no id.")
    return id
