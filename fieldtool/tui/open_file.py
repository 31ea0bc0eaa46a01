"""The inspection file that the app works in: open or locked away, the way into it, and who works here."""

from __future__ import annotations

from dataclasses import dataclass

from fieldtool.store.file.database import StoreError
from fieldtool.work.access import Access
from fieldtool.work.inspection_file import InspectionFile


@dataclass
class OpenFile:
    """What the parts of the app share about the file."""

    now: InspectionFile | None
    """The open file; None while it is locked."""
    access: Access | None
    """The way into it; None where it was opened by somebody else and is never locked."""
    person: str | None
    """The id of who works here."""

    @property
    def file(self) -> InspectionFile:
        """The open file.

        Raises:
            StoreError: it is locked.
        """
        if self.now is None:
            raise StoreError("The inspection is locked: type its passphrase first.")
        return self.now

    @property
    def encrypted(self) -> bool:
        """Whether there is a passphrase to lock it with."""
        return self.access is not None and self.access.encrypted

    def close(self) -> None:
        """Close it, if it is open."""
        now, self.now = self.now, None
        if now is not None:
            now.close()
