"""Which inspection was opened last: one line in a file, in the folder that the system has for that."""

from __future__ import annotations

from pathlib import Path


def last_opened() -> Path | None:
    """The inspection opened last; None if none was, or nothing can be known of it."""
    try:
        text = _file().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return Path(text) if text else None


def remember(path: Path) -> None:
    """Keep in mind that this inspection was opened; where that cannot be kept, nobody is bothered with it."""
    file = _file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{path.absolute()}\n", encoding="utf-8")
    except (OSError, UnicodeEncodeError):
        return


def _file() -> Path:
    from fieldtool.settings import state_folder

    return state_folder() / "last_opened"
