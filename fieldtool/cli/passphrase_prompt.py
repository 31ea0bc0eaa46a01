"""Questions asked on the terminal, passphrases above all, and the key of an inspection taken out with the answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from time import sleep

import click

from fieldtool.cli.dispatch import Refused
from fieldtool.cli.output import clean, say

PASSPHRASE, NEW_PASSPHRASE = "FIELDTOOL_PASSPHRASE", "FIELDTOOL_NEW_PASSPHRASE"
"""Variables by which a script says what a person types; the command line can be seen by others."""


def key_by_passphrase(path: Path) -> bytes:
    """Ask for the passphrase of an encrypted inspection, and take its key out of its key file.

    After wrong passphrases, this waits first.

    Raises:
        Refused: nobody can be asked.
        StoreError: the passphrase is wrong, or the key file cannot be used.
    """
    from fieldtool.settings import state_folder
    from fieldtool.store.keys import key_file
    from fieldtool.store.keys.passphrase_throttle import PassphraseThrottle

    given = os.environ.get(PASSPHRASE)
    if given is None and not at_terminal():
        raise Refused(f"{path} is encrypted: put its passphrase into {PASSPHRASE}, or ask from a terminal.")
    throttle = PassphraseThrottle(path, state_folder())
    if throttle.wait > 0:
        click.echo(f"Waiting {throttle.wait:.0f} s, because the passphrase was wrong before.", err=True)
        sleep(throttle.wait)
    passphrase = ask_hidden(f"Passphrase of {path.name}: ") if given is None else given
    try:
        key = key_file.unlock(path, passphrase)
    except key_file.WrongPassphrase:
        throttle.failed()
        raise
    throttle.succeeded()
    return key


def new_passphrase(variable: str, known: Iterable[str] = ()) -> str:
    """Ask for a new passphrase, twice, and say how strong it is; or take it from a variable.

    Args:
        known: words that whoever guesses would try first, as the name of the provider.

    Raises:
        Refused: nobody can be asked, or what a variable holds is too weak.
    """
    from fieldtool.work.new_inspection import strength

    given = os.environ.get(variable)
    if given is not None:
        why, said = strength(given, known)
        if why:
            raise Refused(f"{variable}: {why}")
        say([said])
        return given
    if not at_terminal():
        raise Refused(f"Put the new passphrase into {variable}, or ask from a terminal.")
    say(["The passphrase may be long and may have spaces: four or five random words are best."])
    while True:
        passphrase = ask_hidden("New passphrase: ")
        why, said = strength(passphrase, known)
        say([why or said])
        if why:
            continue
        if ask_hidden("The same once more: ") == passphrase:
            return passphrase
        say(["The two are not the same: begin again."])


def at_terminal() -> bool:
    """Whether there is somebody to ask."""
    try:
        return sys.stdin.isatty()
    except (AttributeError, ValueError):  # none, or closed
        return False


def ask(question: str) -> str:
    """Ask something whose answer may be seen.

    Raises:
        Refused: the input ended.
    """
    click.echo(clean(question), nl=False, err=True)
    try:
        line = sys.stdin.readline()
    except UnicodeError:
        raise Refused(_NO_TEXT) from None
    if not line:
        raise Refused(_ENDED)
    return line.strip()


def ask_hidden(question: str) -> str:
    """Ask something that nobody may read over a shoulder: what is typed is not shown.

    Raises:
        Refused: the input ended.
    """
    from getpass import getpass

    try:
        return getpass(clean(question))
    except EOFError:
        raise Refused(_ENDED) from None
    except UnicodeError:
        raise Refused(_NO_TEXT) from None


_ENDED = "The input ended before the answer: nothing was done."
_NO_TEXT = "What was typed is no text in the encoding of this terminal: nothing was done."
