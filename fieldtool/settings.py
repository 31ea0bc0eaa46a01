"""What a person may set, frozen, from one TOML file in the settings folder of each program.

Read by hand and not by pydantic: it is read before the first screen, which must not wait for it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from fieldtool import files
from fieldtool.domain.errors import FieldtoolError
from fieldtool.domain.words.nearest import QUOTED, did_you_mean


class SettingsError(FieldtoolError):
    """A settings file that cannot be used, in one sentence that names the file and the place."""


@dataclass(frozen=True)
class Settings:
    """What a person has set; where they set nothing, what holds for everybody."""

    person: str | None = None
    """Who works here, by the id that inspections have for them."""
    inspection: Path | None = None
    """The inspection that is opened where none is named and none was opened before."""
    theme: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    """For the id of an action, as "answer.yes", the keys that do it instead of the usual ones: "y,j"."""
    idle_minutes: int = 15
    """After how many minutes without a key the inspection is locked; 0 for never."""


def settings_file() -> Path:
    """Where the settings are: FIELDTOOL_CONFIG, or `settings.toml` in the folder that the system gives."""
    named = os.environ.get("FIELDTOOL_CONFIG")
    if named:
        return Path(named)
    import platformdirs

    return platformdirs.user_config_path("fieldtool", appauthor=False) / "settings.toml"


def state_folder() -> Path:
    """Where the program keeps what it remembers from one start to the next, as the system gives it."""
    import platformdirs

    return platformdirs.user_state_path("fieldtool", appauthor=False)


def chosen_theme() -> str | None:
    """The colours that were chosen on the screen last; None if none ever were."""
    try:
        return (state_folder() / "theme").read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def remember_theme(name: str) -> None:
    """Remember the colours that were chosen on the screen; where that cannot be, they hold for now alone."""
    with suppress(OSError):
        state_folder().mkdir(parents=True, exist_ok=True)
        files.write_whole(state_folder() / "theme", name.encode())


def load_settings() -> Settings:
    """Read the settings; where there is no file, nothing is set.

    Raises:
        SettingsError: the file cannot be read, or says something that nobody can set.
    """
    file = settings_file()
    try:
        table = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        if os.environ.get("FIELDTOOL_CONFIG"):
            raise SettingsError(f"There is no settings file {file}: mend FIELDTOOL_CONFIG.") from None
        return Settings()
    except OSError as error:
        reason = files.why(error)
        raise SettingsError(f"The settings in {file} cannot be read: {reason}.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file} is not UTF-8 text: save it as UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"{file} is not TOML: {str(error)[:1].lower()}{str(error)[1:]}.") from error
    try:
        values = {key: _read(file, key, value) for key, value in table.items()}
        return Settings(**values)  # type: ignore[arg-type]  # each reader gives what its field takes
    except _Wrong as wrong:
        raise SettingsError(f"{file}, {wrong}") from None


class _Wrong(Exception):  # noqa: N818  # becomes a SettingsError as soon as the file is known
    """The place of something wrong, and what is wrong there."""


def _read(file: Path, key: str, value: object) -> object:
    reader = _READERS.get(key)
    if reader is None:
        advice = did_you_mean(key, _READERS, mark=QUOTED)
        raise _Wrong(f'{key}: nothing is called "{key}"; {advice}')
    return reader(file, key, value)


def _text(file: Path, place: str, value: object) -> str:
    del file
    if not isinstance(value, str) or not value.strip():
        raise _Wrong(f"{place}: a text in quotation marks belongs here, not {_told(value)}.")
    return value.strip()


def _path(file: Path, place: str, value: object) -> Path:
    """A path; one that does not begin at the top begins at the folder of the settings."""
    path = Path(_text(file, place, value))
    try:
        path = path.expanduser()
    except RuntimeError:
        raise _Wrong(f"{place}: nobody knows whose home {path} begins with; give the whole path.") from None
    return file.absolute().parent / path


def _minutes(file: Path, place: str, value: object) -> int:
    del file
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _Wrong(f"{place}: a whole number of minutes belongs here, not {_told(value)}.")
    return value


def _keys(file: Path, place: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _Wrong(f'{place}: a table belongs here, as [keys] with "answer.yes" = "y" under it.')
    return dict(_flat(file, place, value))


def _flat(file: Path, place: str, table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """The keys by action, whether `answer.yes` stands in quotation marks or makes tables of its own."""
    for name, value in table.items():
        inner = f"{place}.{name}"
        if isinstance(value, dict):
            yield from _flat(file, inner, value)
        else:
            keys = value if isinstance(value, list) else [value]
            yield inner.partition(".")[2], ",".join(_text(file, inner, key) for key in keys)


_READERS: dict[str, Callable[[Path, str, object], object]] = {
    "person": _text,
    "inspection": _path,
    "theme": _text,
    "keys": _keys,
    "idle_minutes": _minutes,
}


def _told(value: object) -> str:
    """A value as the file has it, or nearly."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    return "a table" if isinstance(value, dict) else "a list" if isinstance(value, list) else str(value)
