"""Load a framework by its id or from a file, and say everything that is wrong with one that does not load."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from fieldtool.domain.errors import FieldtoolError
from fieldtool.domain.method.framework import Framework
from fieldtool.domain.words.nearest import QUOTED, did_you_mean
from fieldtool.frameworks import check, shape
from fieldtool.frameworks.entries import Entry, listed

_SHIPPED = Path(__file__).parent


class FrameworkError(FieldtoolError):
    """A framework that cannot be used, with one sentence for each reason."""

    def __init__(self, findings: tuple[str, ...]) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings


def available() -> tuple[str, ...]:
    """The ids of the frameworks that come with fieldtool."""
    return tuple(sorted(path.stem for path in _SHIPPED.glob("*.toml")))


def load(id_or_path: str | Path) -> Framework:
    """Load a framework that comes with fieldtool, by its id, or one from a file, by its path.

    Raises:
        FrameworkError: There is no such framework, or it has faults: all of them are named.
    """
    name, shipped = str(id_or_path), available()
    if name in shipped:
        return load_file(_SHIPPED / f"{name}.toml")
    path = Path(id_or_path)
    if isinstance(id_or_path, Path) or path.suffix or len(path.parts) > 1 or path.exists():
        return load_file(path)
    advice = did_you_mean(
        name, shipped, f"there are {listed(shipped)}; for a file of your own, give its path.", mark=QUOTED
    )
    raise FrameworkError((f'No framework is called "{name}"; {advice}',))


def load_file(path: str | Path) -> Framework:
    """Load a framework from a TOML file.

    Raises:
        FrameworkError: The file cannot be read or has faults: all of them are named.
    """
    framework, findings = _read(Path(path))
    if framework is None or findings:
        raise FrameworkError(findings)
    return framework


def check_file(path: str | Path) -> tuple[str, ...]:
    """Everything that is wrong with a framework file, one sentence each; empty where it is good."""
    return _read(Path(path))[1]


def _read(path: Path) -> tuple[Framework | None, tuple[str, ...]]:
    """The framework, as far as its tables have the right shape, and all findings."""
    text, fault = _text(path)
    if fault:
        return None, (fault,)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, (_syntax(path.name, str(error)),)
    except (ValueError, RecursionError):  # TOML to the letter, beyond what Python takes
        fault = "a number in it is too long, or its lists are nested too deeply; shorten or flatten it."
        return None, (f"{path.name}: {fault}",)
    framework, findings = shape.read(table)
    every = (*findings, *check.findings(Entry(table)))
    # One fault may show itself twice, as two items that lack the same fact; say each sentence once.
    return framework, tuple(dict.fromkeys(_full(path.name, place, sentence) for place, sentence in every))


def _text(path: Path) -> tuple[str, str]:
    """What a file says, or why that cannot be known."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return "", f"{path}: there is no such file; check the path."
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return "", f"{path}: the file cannot be read ({reason}); check what it is and who may read it."
    try:
        return data.decode("utf-8-sig"), ""  # Windows editors like to begin a file with a byte order mark
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return "", f"{path.name}, line {line}: this is not UTF-8 text; save the file as UTF-8."


def _syntax(name: str, message: str) -> str:
    """Turn what the TOML reader says into a sentence that begins with the place."""
    match = re.fullmatch(
        r"(?P<what>.*) \(at (?P<where>line \d+, column \d+|end of document)\)", message, re.DOTALL
    )
    what, where = (match["what"], match["where"]) if match else (message, "")
    what = what[:1].lower() + what[1:]
    return f"{name}, {where or 'somewhere'}: this is not TOML ({what}); mend it there or just before."


def _full(name: str, place: str, sentence: str) -> str:
    return f"{name}, {place}: {sentence}" if place else f"{name}: {sentence}"
