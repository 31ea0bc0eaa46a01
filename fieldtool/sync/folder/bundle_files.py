"""The files of a folder of bundles: seen, opened once, written whole, and never changed."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from fieldtool import files
from fieldtool.store.copies.known_bundles import BundleFile
from fieldtool.store.keys.membership import Membership
from fieldtool.sync.event_store import SyncError
from fieldtool.sync.folder import bundles
from fieldtool.sync.folder.bundles import BadBundle, Bundle, Header


class BundleFolder:
    """A folder with the bundles of an inspection, among whatever else is in it.

    Attributes:
        files: what is known of each bundle, by its name.
    """

    def __init__(self, path: Path, membership: Membership) -> None:
        self.path = path
        self.files: dict[str, BundleFile] = {}
        self._membership = membership

    def look(self, known: Mapping[str, BundleFile]) -> None:
        """See which files there are, and open those of which nothing is known, or that have changed.

        Raises:
            SyncError: the folder is not there, or cannot be read.
        """
        files = {}
        with self.worded():
            for entry in sorted(os.scandir(self.path), key=lambda entry: entry.name):
                if not self._concerns(entry.name) or not entry.is_file():
                    continue
                try:
                    stat = entry.stat()
                except FileNotFoundError:  # taken away just now
                    continue
                file = known.get(entry.name)
                if file is None or (file.size, file.modified) != (stat.st_size, stat.st_mtime_ns):
                    file = self._first_look(BundleFile(entry.name, stat.st_size, stat.st_mtime_ns))
                files[entry.name] = file
        self.files = files

    def open(self, file: BundleFile) -> Bundle:
        """Open a bundle.

        Raises:
            BadBundle: it cannot be used.
            SyncError: the folder is not there any more.
        """
        if file.size > bundles.LARGEST_FILE:
            raise BadBundle("is larger than any bundle")
        try:
            data = files.read_at_most(self.path / file.name, bundles.LARGEST_FILE)
        except OSError as error:
            if not self.path.is_dir():
                raise self._sentence(error) from error
            raise BadBundle(f"cannot be read: {files.why(error)}") from error
        try:
            return bundles.read(data, self._membership)
        except BadBundle as error:
            # The name says what the file should be, so that one that is not all there yet is known as such.
            parsed = bundles.parse_name(file.name)
            if parsed is not None and parsed.digest != bundles.digest_of(data):
                raise BadBundle("is not as it was written: damaged, altered, or not all there yet") from error
            raise

    def put(self, header: Header, data: bytes) -> BundleFile:
        """Write a bundle aside, name it when it is on the disk, and read it back.

        Raises:
            SyncError: it could not be written; then nothing of it is there.
        """
        name = bundles.name_of(header, data)
        target, beside = self.path / name, self.path / f".{self._half}.{secrets.token_hex(4)}.part"
        with self.worded():
            try:
                # Not its owner's alone: on a shared drive, others take it from there, and it is sealed.
                files.write_new(beside, data, rights=0o666)
                beside.replace(target)
            except BaseException:
                with suppress(OSError):
                    beside.unlink(missing_ok=True)
                raise
            files.flush_folder(self.path)
            if target.read_bytes() != data:
                raise SyncError(
                    f"{self.path} does not keep what is written into it: use another stick or drive."
                )
            stat = target.stat()
        file = BundleFile(name, stat.st_size, stat.st_mtime_ns)
        self.files[name] = _noted(file, header, bundles.id_of(header))
        return self.files[name]

    def clear_halves(self) -> None:
        """Take away what this laptop has left half written, when it or the stick was pulled."""
        with self.worded():
            for half in self.path.glob(f".{self._half}.*.part"):
                with suppress(OSError):
                    half.unlink()

    @contextmanager
    def worded(self) -> Iterator[None]:
        """Turn what goes wrong with the folder into a sentence.

        Raises:
            SyncError: always in place of an OSError.
        """
        try:
            yield
        except OSError as error:
            raise self._sentence(error) from error

    @property
    def _half(self) -> str:
        return self._membership.key[:16]

    def _concerns(self, name: str) -> bool:
        """Whether a file may be a bundle of this inspection: a name that says otherwise is not opened."""
        if name.startswith(".") or not name.endswith(bundles.ENDING):
            return False
        parsed = bundles.parse_name(name)
        return parsed is None or parsed.inspection == self._membership.inspection[:8]

    def _first_look(self, file: BundleFile) -> BundleFile:
        try:
            bundle = self.open(file)
        except BadBundle as error:
            return file._replace(why=str(error))
        return _noted(file, bundle.header, bundle.id)

    def _sentence(self, error: OSError) -> SyncError:
        if not self.path.is_dir():
            return SyncError(
                f"The folder {self.path} is not there: plug in the stick or connect the drive, then do it again."
            )
        if files.is_full(error):
            return SyncError(f"{self.path} is full: free some space there, then do it again.")
        if files.is_closed(error):
            return SyncError(
                f"{self.path} cannot be used ({files.why(error)}): see that you may read and write there."
            )
        return SyncError(
            f"{self.path} failed ({files.why(error)}): check the stick or drive, then do it again."
        )


def _noted(file: BundleFile, header: Header, id: str) -> BundleFile:
    return file._replace(
        id=id,
        device=header.device,
        incarnation=header.incarnation,
        first=header.first,
        last=header.last,
        before=header.before.hex(),
        end=header.end.hex(),
        signer=header.signer,
        host=header.introduced_by,
    )
