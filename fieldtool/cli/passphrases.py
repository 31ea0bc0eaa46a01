"""`fieldtool new`, `passphrase` and `recover`: a new inspection, another passphrase, and a way in without it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click

from fieldtool.cli.dispatch import Refused
from fieldtool.cli.output import quoted, say
from fieldtool.cli.session import A_PATH, path_argument
from fieldtool.domain.errors import FieldtoolError
from fieldtool.domain.words.days import typed_day
from fieldtool.domain.words.numbers import listed
from fieldtool.work import new_inspection
from fieldtool.work.new_inspection import ROLES, UNENCRYPTED, USUAL_FRAMEWORK, Facts

RECOVERY_CODE = "FIELDTOOL_RECOVERY_CODE"


class Question(NamedTuple):
    """Something that a new inspection must know: as an option, or asked for."""

    option: str
    wording: str
    read: Callable[[str], object]
    """Takes an answer for what it means; an answer that it refuses is asked for again."""
    usual: str = ""
    may_be_empty: bool = False


@click.command(short_help="Set up a new, encrypted inspection.")
@path_argument
@click.option("--provider", metavar="NAME", help="The service that is inspected.")
@click.option("--title", help="What the inspection is called.")
@click.option("--framework", metavar="ID", help="Its framework, or the file of one; usually crc_2019.")
@click.option("--id", metavar="PERSON", help="Your id in this inspection, as INS-04.")
@click.option("--name", help="Your name.")
@click.option("--role", help=f"Your role: {listed(ROLES, 'or')}.")
@click.option("--fieldwork-from", metavar="DATE", help="The first day of fieldwork, as 23/03/2026.")
@click.option("--fieldwork-to", metavar="DATE", help="The last day of fieldwork.")
@click.option(
    "--recovery-recipient",
    "recipients",
    multiple=True,
    metavar="AGE",
    help="A public key of age; its owner can open the inspection. May be said several times.",
)
@click.option("--no-passphrase", is_flag=True, help="Not encrypted: only for invented cases.")
@click.option("--confirm", metavar="SENTENCE", help="The sentence that --no-passphrase asks for.")
def new(
    path: Path, recipients: tuple[str, ...], no_passphrase: bool, confirm: str | None, **options: str | None
) -> None:
    """Set up a new inspection in the file PATH, encrypted with a passphrase of yours.

    What is not said by an option is asked for. Scripts put the passphrase into FIELDTOOL_PASSPHRASE.

    \b
    Examples:
      fieldtool new hiow.db
      fieldtool new hiow.db --recovery-recipient age1…
    """
    from fieldtool.cli.passphrase_prompt import PASSPHRASE, new_passphrase
    from fieldtool.cli.recent import remember
    from fieldtool.settings import state_folder

    new_inspection.must_be_free(path)
    facts = _asked(options)
    if no_passphrase:
        _confirm(confirm)
    passphrase = None
    if not no_passphrase:
        passphrase = new_passphrase(PASSPHRASE, (facts.provider, facts.title, facts.name))
    record = partial(new_inspection.record_facts, facts=facts)
    with new_inspection.new_file(path, record, passphrase, recipients, state=state_folder()) as made:
        # Said before it is settled: a code that nobody could read would be lost for good.
        say(_ready(path, made.code, recipients))
    remember(path)


def _ready(path: Path, code: str, recipients: Sequence[str]) -> Iterator[str]:
    from fieldtool.store.file.database import key_file_of

    yield f"{path} is ready: open it with `fieldtool {quoted(path)}`."
    if not code:
        yield "It is not encrypted: whoever finds the file can read it."
        return
    yield ""
    yield f"Recovery code:  {code}"
    yield ""
    paper, whoever = new_inspection.about_code()
    yield paper
    yield f"{whoever}: `fieldtool recover {quoted(path)}`."
    if recipients:
        yield f"So does whoever has a secret key of: {listed([*recipients])}."
    yield f"Keep {key_file_of(path).name} beside the file, and in every copy: without it nothing opens."


# ---------------------------------------------------------------------- what a new inspection must know


def _asked(options: Mapping[str, str | None]) -> Facts:
    """Take what the options say, and ask for the rest.

    Raises:
        Refused: an option says what cannot be, or something is missing and nobody can be asked.
    """
    from fieldtool.cli.passphrase_prompt import at_terminal

    answers: dict[str, object] = {}
    missing = []
    for question in _questions():
        name = question.option.replace("-", "_")
        said = options[name]
        if said is not None:
            answers[name] = _read(question, said)
        elif at_terminal():
            answers[name] = _answered(question)
        elif question.usual or question.may_be_empty:
            answers[name] = _read(question, question.usual)
        else:
            missing.append(f"--{question.option}")
    if missing:
        raise Refused(f"A new inspection needs {listed(missing)}, or a terminal to be asked on.")
    facts = Facts(**answers)  # type: ignore[arg-type]  # each question reads what its field takes
    new_inspection.in_order(facts.fieldwork_from, facts.fieldwork_to)
    return facts


def _questions() -> tuple[Question, ...]:
    from fieldtool.frameworks.loader import load
    from fieldtool.settings import load_settings

    return (
        Question("provider", "Provider that is inspected", new_inspection.some_text),
        Question("title", "Title of the inspection", new_inspection.some_text),
        Question("framework", "Framework", load, USUAL_FRAMEWORK),
        Question("id", "Your id in it, as INS-04", new_inspection.person_id, load_settings().person or ""),
        Question("name", "Your name", new_inspection.some_text),
        Question("role", f"Your role ({listed(ROLES, 'or')})", new_inspection.role, ROLES[0]),
        Question(
            "fieldwork-from",
            "First day of fieldwork, as 23/03/2026, if known",
            typed_day,
            may_be_empty=True,
        ),
        Question("fieldwork-to", "Last day of fieldwork, if known", typed_day, may_be_empty=True),
    )


def _answered(question: Question) -> object:
    from fieldtool.cli.passphrase_prompt import ask

    usual = f" [{question.usual}]" if question.usual else ""
    while True:
        said = ask(f"{question.wording}{usual}: ") or question.usual
        try:
            return _read(question, said)
        except Refused as refused:
            say([refused.message])


def _read(question: Question, said: str) -> object:
    said = said.strip()
    if not said and question.may_be_empty:
        return None
    try:
        return question.read(said)
    except FieldtoolError as error:
        raise Refused(f"{question.wording.partition(',')[0]}: {error}") from error


def _confirm(said: str | None) -> None:
    """Check that somebody knows what it means to do without a passphrase.

    Raises:
        Refused: they have not said so.
    """
    from fieldtool.cli.passphrase_prompt import ask, at_terminal

    if said is None and at_terminal():
        say(["Without a passphrase, nothing is encrypted: only for invented cases."])
        said = ask(f'To go on, type "{UNENCRYPTED}": ')
    if said is None or not new_inspection.is_unencrypted_wanted(said):
        raise Refused(f'Nothing was made: --no-passphrase needs --confirm "{UNENCRYPTED}".')


# ---------------------------------------------------------------------- another passphrase


@click.command(short_help="Change the passphrase of an inspection.")
@path_argument
def passphrase(path: Path) -> None:
    """Change the passphrase of the inspection PATH; its recovery code and recovery keys stay.

    Scripts put the passphrases into FIELDTOOL_PASSPHRASE and FIELDTOOL_NEW_PASSPHRASE.

    \b
    Example:
      fieldtool passphrase hiow.db
    """
    from fieldtool.cli.passphrase_prompt import key_by_passphrase

    _must_be_encrypted(path)
    _set_passphrase(path, key_by_passphrase(path))


@click.command(short_help="Open an inspection without its passphrase, and give it a new one.")
@path_argument
@click.option(
    "--identity",
    metavar="FILE",
    type=A_PATH,
    help="A file with a secret key of age, instead of the recovery code.",
)
def recover(path: Path, identity: Path | None) -> None:
    """Open the inspection PATH with its recovery code or a recovery key, and give it a new passphrase.

    Scripts put the code into FIELDTOOL_RECOVERY_CODE and the passphrase into FIELDTOOL_NEW_PASSPHRASE.

    \b
    Examples:
      fieldtool recover hiow.db
      fieldtool recover hiow.db --identity recovery-key.txt
    """
    from fieldtool.settings import state_folder
    from fieldtool.store.keys.key_file import unlock_with_identity
    from fieldtool.store.keys.passphrase_throttle import PassphraseThrottle

    _must_be_encrypted(path)
    key = key_by_code(path) if identity is None else unlock_with_identity(path, identity)
    _set_passphrase(path, key)
    PassphraseThrottle(path, state_folder()).succeeded()


def _must_be_encrypted(path: Path) -> None:
    """Check that a file is an inspection that a passphrase opens.

    Raises:
        Refused: it is not encrypted.
        StoreError: it is no inspection at all.
    """
    from fieldtool.store.file.database import Locked
    from fieldtool.work.access import Access

    try:
        Access.look(path).close()
    except Locked:
        return
    raise Refused(f"{path} is not encrypted: it has no passphrase.")


def key_by_code(path: Path) -> bytes:
    """Ask for the recovery code of an encrypted inspection, and take its key out of its key file.

    Raises:
        Refused: nobody can be asked.
        StoreError: the code is wrong, or the key file cannot be used.
    """
    from fieldtool.cli.passphrase_prompt import ask, at_terminal
    from fieldtool.store.keys.key_file import unlock_with_code
    from fieldtool.store.keys.recovery_code import MistypedCode

    given = os.environ.get(RECOVERY_CODE)
    if given is not None:
        return unlock_with_code(path, given)
    if not at_terminal():
        raise Refused(f"Put the recovery code into {RECOVERY_CODE}, or ask from a terminal.")
    while True:
        try:
            return unlock_with_code(path, ask("Recovery code, from the paper: "))
        except MistypedCode as mistyped:
            say([str(mistyped)])


def _set_passphrase(path: Path, key: bytes) -> None:
    from fieldtool.cli.passphrase_prompt import NEW_PASSPHRASE, new_passphrase
    from fieldtool.store.file.database import key_file_of
    from fieldtool.store.keys.key_file import change_passphrase
    from fieldtool.work.access import Access

    # A key that does not open the file must not take the place of one that does.
    with Access.look(path, key) as file:
        heading = file.heading
        known = (heading.provider, heading.title, *(person.name for person in file.people))
    change_passphrase(path, key, new_passphrase(NEW_PASSPHRASE, known))
    say(
        [
            f"{path} opens with the new passphrase from now on; recovery code and recovery keys stay.",
            f"Older copies of {key_file_of(path).name} still open with the old one: replace them.",
        ]
    )
