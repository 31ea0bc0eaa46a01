"""The group of commands: a file may stand where a command would, and every refusal is one sentence."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from fieldtool.domain.errors import FieldtoolError
from fieldtool.domain.words.nearest import nearest

OPEN = "open"
"""The command that is meant where none is named."""

REFUSED, INTERRUPTED, PIPE_CLOSED = 2, 130, 141
"""Exit codes: not used correctly; and, as shells count them, ended by ctrl+c or by a reader who had enough."""


class Refused(click.ClickException):
    """What was asked for cannot be done: one sentence on stderr, or one for each reason."""

    exit_code = REFUSED

    def show(self, file: object = None) -> None:
        """Say why."""
        del file  # click's own would put "Error:" before the sentence
        click.echo(self.message, err=True)


class Commands(click.Group):
    """The commands of fieldtool; a first word that is none of them is the file to open."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments, with the command put in where it was left out."""
        with _worded():
            _must_be_text(args)
            return super().parse_args(ctx, self._with_command(args))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; whatever it refuses becomes one sentence and exit code 2."""
        with _worded():
            result: object = super().invoke(ctx)
            sys.stdout.flush()
            return result

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Say how the program is called, in one line."""
        del ctx
        return ["[PATH] [--as PERSON]  or  COMMAND ..."]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, those for opening a file first, and the commands."""
        options = [*self.commands[OPEN].params, *self.get_params(ctx)]
        records = [option.get_help_record(ctx) for option in options if isinstance(option, click.Option)]
        with formatter.section("Options"):
            formatter.write_dl([record for record in records if record is not None])
        self.format_commands(ctx, formatter)

    def _with_command(self, args: Sequence[str]) -> list[str]:
        if args and (args[0] in self.commands or args[0] in {"--help", "--version", "-V"}):
            return list(args)
        words = list(_words(args))
        if words and args[0].startswith("-") and words[0] in self.commands and not Path(words[0]).exists():
            raise Refused(f"Name the command first: `fieldtool {words[0]} …`, then its options.")
        if words and not Path(words[0]).exists() and not _may_begin(Path(words[0])):
            self._refuse_word(words[0])
        return [OPEN, *args]

    def _refuse_word(self, word: str) -> None:
        """Say that a word is neither a command nor a file, and what comes nearest to it.

        Raises:
            Refused: always.
        """
        path = Path(word)
        bare = len(path.parts) == 1 and not path.suffix
        shown = [name for name, command in self.commands.items() if not command.hidden]
        meant = nearest(word, shown) if bare else None
        near = None if meant else near_file(path)
        meant = f"fieldtool {meant}" if meant else str(near or "")
        what = f'"{word}" is neither a command nor a file' if bare else f"There is no file {word}"
        advice = f"did you mean `{meant}`?" if meant else "see `fieldtool --help`, or try `fieldtool demo`."
        raise Refused(f"{what}: {advice}")


def _must_be_text(args: Iterable[str]) -> None:
    """Check that what was typed can be kept: a terminal may send characters in another encoding.

    Raises:
        Refused: some of it is no UTF-8, and names no file either.
    """
    for arg in args:
        try:
            arg.encode()
        except UnicodeEncodeError:
            if not os.path.lexists(arg):
                shown = arg.encode(errors="replace").decode()
                raise Refused(
                    f'"{shown}" has characters that are not UTF-8: let the terminal send UTF-8, or leave them out.'
                ) from None


@contextmanager
def _worded() -> Iterator[None]:
    """Turn what goes wrong into a sentence and an exit code; a real bug crashes loudly."""
    try:
        yield
    except Refused:
        raise
    except click.ClickException as error:
        raise Refused(_sentence(error)) from error
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except BrokenPipeError:
        _silence()
        raise SystemExit(PIPE_CLOSED) from None
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
            raise Refused(f"{str(error.filename)[:60]}… is too long for the name of a file.") from error
        if isinstance(error, FieldtoolError):
            raise Refused(str(error)) from error
        raise


def _sentence(error: click.ClickException) -> str:
    message = " ".join(error.format_message().split())
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"{message} See `{error.ctx.command_path} --help`.".replace(f" {OPEN} --help", " --help")
    return message


def _words(args: Iterable[str]) -> Iterator[str]:
    """The arguments that are neither options nor their values."""
    rest = iter(args)
    for arg in rest:
        if arg == "--":
            yield from rest
        elif arg == "--as":
            next(rest, None)
        elif not arg.startswith("-"):
            yield arg


def near_file(path: Path) -> Path | None:
    """The inspection beside a path that is not there whose name comes nearest to it."""
    near = nearest(path.name, _files(path.parent), cutoff=0.7)
    return path.parent / near if near else None


def _may_begin(path: Path) -> bool:
    """Whether a new inspection can be set up at a path: it looks like a file, and there is somebody to ask."""
    from fieldtool.cli.terminal import why_no_screen

    named = bool(path.suffix) or len(path.parts) > 1
    # A program that stands in for the terminal, as tests do, cannot see screens.
    asked = sys.stdin is sys.__stdin__ and why_no_screen() is None
    return named and asked and path.parent.is_dir()


def _files(folder: Path) -> list[str]:
    try:
        return [path.name for path in folder.iterdir() if path.suffix == ".db" and path.is_file()]
    except OSError:
        return []


def _silence() -> None:
    """Send what is still to be written nowhere, so that the end of the program does not complain of it."""
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        except (OSError, ValueError):
            continue
