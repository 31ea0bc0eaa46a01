"""Whose bundles are used: those of laptops on the roster, by what is known of it at the moment."""

from __future__ import annotations

from fieldtool.domain.log.events import ChainId
from fieldtool.store.copies.known_bundles import BundleFile
from fieldtool.store.file.database import Database
from fieldtool.store.views.laptops import hosts, roster


class Admission:
    """Who may send: whoever was invited; of a laptop that was removed, what was known of it then."""

    def __init__(self, database: Database) -> None:
        self._laptops = roster(database)
        self._hosts = hosts(database)

    def why_not(self, file: BundleFile) -> str:
        """Why a bundle that was signed correctly is not to be used, as the end of a sentence; empty if it is."""
        laptop = self._laptops.get(file.signer)
        if laptop is None:
            host = self._laptops.get(file.host)
            if host is not None and not host.removed:
                return ""  # that it was invited has not come yet, and is shown
            return "was made by a laptop that is not on the roster of this inspection"
        if laptop.removed and file.last > laptop.ends.get(ChainId(file.device, file.incarnation), 0):
            return f"was made by a laptop of {laptop.person} that was removed from the roster ({laptop.why})"
        return ""

    def goes_first(self, device: str) -> bool:
        """Whether a device has invited or removed laptops: it is heard before others."""
        return device in self._hosts
