"""A layer between SQLite and its files: it is told of every change to a file, and may refuse it.

The driver's compiled module gives out SQLite's own functions, so that the layer lies under the very SQLite
that the program uses, and the program itself is not changed. Each file is opened by SQLite's own code; then
some entries of its table of methods are put in front of the originals.
"""

from __future__ import annotations

import ctypes
import errno
import sys
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_int64, c_void_p
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import pytest
from sqlcipher3 import _sqlite3

if sys.platform == "win32":
    pytest.skip("the layer knows files as POSIX has them", allow_module_level=True)


class Kind(StrEnum):
    """What can be asked of a file."""

    CREATE = "create"
    READ = "read"
    WRITE = "write"
    TRUNCATE = "truncate"
    SYNC = "sync"
    SYNC_FOLDER = "sync folder"
    DELETE = "delete"


CHANGES = frozenset(Kind) - {Kind.READ}


class Operation(NamedTuple):
    """One thing that SQLite asks of a file, named without its folder."""

    kind: Kind
    file: str = ""
    offset: int = 0
    """Where it reads or writes; the new size, where it truncates."""
    data: bytes = b""
    """What it writes."""


class Code:
    """What SQLite is told when something was refused."""

    IOERR = 10
    IOERR_READ = 10 | 1 << 8
    IOERR_WRITE = 10 | 3 << 8
    IOERR_FSYNC = 10 | 4 << 8
    IOERR_TRUNCATE = 10 | 6 << 8
    IOERR_DELETE = 10 | 10 << 8
    READONLY = 8
    FULL = 13
    CANTOPEN = 14


class Refusal(NamedTuple):
    """A refusal: what SQLite is told, and how many bytes of a write reach the file all the same."""

    code: int
    written: int = 0


Watcher = Callable[[Operation], Refusal | None]
"""Told of each operation before it is done."""


class _Vfs(ctypes.Structure):
    pass


_Open = CFUNCTYPE(c_int, POINTER(_Vfs), c_void_p, c_void_p, c_int, POINTER(c_int))
_Delete = CFUNCTYPE(c_int, POINTER(_Vfs), c_char_p, c_int)
_Access = CFUNCTYPE(c_int, POINTER(_Vfs), c_char_p, c_int, POINTER(c_int))
_SetSystemCall = CFUNCTYPE(c_int, POINTER(_Vfs), c_char_p, c_void_p)
_GetSystemCall = CFUNCTYPE(c_void_p, POINTER(_Vfs), c_char_p)
_OpenDirectory = CFUNCTYPE(c_int, c_char_p, POINTER(c_int), use_errno=True)

# https://sqlite.org/c3ref/vfs.html; what the layer does not look at is a plain pointer.
_Vfs._fields_ = [
    ("version", c_int),
    ("file_size", c_int),
    ("longest_path", c_int),
    ("next", POINTER(_Vfs)),
    ("name", c_char_p),
    ("data", c_void_p),
    ("open", _Open),
    ("delete", _Delete),
    ("access", _Access),
    *((name, c_void_p) for name in ("full_path", "dl_open", "dl_error", "dl_sym", "dl_close")),
    *((name, c_void_p) for name in ("randomness", "sleep", "time", "last_error", "time_64")),
    ("set_system_call", _SetSystemCall),
    ("get_system_call", _GetSystemCall),
    ("next_system_call", c_void_p),
]

_Close = CFUNCTYPE(c_int, c_void_p)
_Transfer = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = CFUNCTYPE(c_int, c_void_p, c_int)


class _Methods(ctypes.Structure):
    # https://sqlite.org/c3ref/io_methods.html
    _fields_ = (
        ("version", c_int),
        ("close", _Close),
        ("read", _Transfer),
        ("write", _Transfer),
        ("truncate", _Truncate),
        ("sync", _Sync),
        *((name, c_void_p) for name in ("size", "lock", "unlock", "reserved", "control", "sector")),
        *((name, c_void_p) for name in ("device", "shm_map", "shm_lock", "shm_barrier", "shm_unmap")),
        *((name, c_void_p) for name in ("fetch", "unfetch")),
    )


class _File(ctypes.Structure):
    _fields_ = (("methods", POINTER(_Methods)),)


_sqlite = ctypes.CDLL(_sqlite3.__file__)
_sqlite.sqlite3_vfs_find.restype = POINTER(_Vfs)
_sqlite.sqlite3_vfs_find.argtypes = [c_char_p]
_sqlite.sqlite3_vfs_register.argtypes = [POINTER(_Vfs), c_int]
_sqlite.sqlite3_vfs_unregister.argtypes = [POINTER(_Vfs)]

_CREATES = 0x4  # SQLITE_OPEN_CREATE
_kept: list[Layer] = []
"""A connection may outlive its layer, and calls it when it is closed."""


class Layer:
    """Between SQLite and the files of every connection that is opened in its `with` block.

    Args:
        watcher: told of what is asked of a file.
        reads: whether it is told of reads as well, which come by the thousand.

    Leaving the block raises what the watcher raised; SQLite was told of an I/O error in its place.
    """

    def __init__(self, watcher: Watcher, *, reads: bool = False) -> None:
        self._watch = watcher
        self._reads = reads
        self._problems: list[BaseException] = []
        self._seen: set[Path] = set()
        self._files: dict[int, tuple[str, _Methods]] = {}
        self._tables: dict[int, tuple[_Methods, _Methods]] = {}
        self._original: Any = None
        self._vfs = _Vfs()
        self._directory: Any = None
        _kept.append(self)

    def __enter__(self) -> Self:
        self._original = _sqlite.sqlite3_vfs_find(None)
        ctypes.pointer(self._vfs)[0] = self._original.contents
        self._vfs.name = f"layer-{len(_kept)}-{id(self)}".encode()
        self._vfs.open = _Open(self._guarded(self._open))
        self._vfs.delete = _Delete(self._guarded(self._delete))
        self._hook_folder()
        _sqlite.sqlite3_vfs_register(self._vfs, 1)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _sqlite.sqlite3_vfs_register(self._original, 1)
        _sqlite.sqlite3_vfs_unregister(self._vfs)
        self._vfs.set_system_call(self._original, b"openDirectory", None)
        if self._problems:
            raise self._problems[0]

    def _guarded(self, do: Callable[..., int]) -> Callable[..., int]:
        def guarded(*args: Any) -> int:
            try:
                return do(*args)
            except BaseException as problem:  # it cannot cross SQLite, and is raised at the end
                self._problems.append(problem)
                return Code.IOERR

        return guarded

    # ------------------------------------------------------------------ files by their names

    def _hook_folder(self) -> None:
        """A folder is opened for one purpose alone: to flush it to the disk."""
        address = self._vfs.get_system_call(self._original, b"openDirectory")
        original = _OpenDirectory(address)

        def opened(path: bytes, found: Any) -> int:
            refusal = self._watch(Operation(Kind.SYNC_FOLDER, Path(path.decode()).name))
            if refusal is not None:
                ctypes.set_errno(errno.EIO)
                return Code.CANTOPEN
            return int(original(path, found))

        self._directory = _OpenDirectory(self._guarded(opened))
        pointer = ctypes.cast(self._directory, c_void_p)
        self._vfs.set_system_call(self._original, b"openDirectory", pointer)

    def _open(self, _: Any, path: int | None, file: int, flags: int, found: Any) -> int:
        name = "" if path is None else ctypes.string_at(path).decode()
        if name and self._is_new(Path(name), flags):
            refusal = self._watch(Operation(Kind.CREATE, Path(name).name))
            if refusal is not None:
                ctypes.cast(file, POINTER(c_void_p))[0] = None
                return refusal.code
        code = int(self._original.contents.open(self._original, path, file, flags, found))
        if code == 0 and name:
            self._put_before(file, Path(name).name)
        return code

    def _is_new(self, path: Path, flags: int) -> bool:
        """Whether SQLite makes the file now, or somebody has just made it for SQLite to fill."""
        if path in self._seen or not (path.exists() or flags & _CREATES):
            return False
        self._seen.add(path)
        return not path.exists() or path.stat().st_size == 0

    def _delete(self, _: Any, path: bytes, sync_folder: int) -> int:
        if Path(path.decode()).exists():
            refusal = self._watch(Operation(Kind.DELETE, Path(path.decode()).name))
            if refusal is not None:
                return refusal.code
            self._seen.discard(Path(path.decode()))
        return int(self._original.contents.delete(self._original, path, sync_folder))

    # ------------------------------------------------------------------ open files

    def _put_before(self, address: int, name: str) -> None:
        file = _File.from_address(address)
        original = ctypes.addressof(file.methods.contents)
        if original not in self._tables:
            theirs = _Methods.from_address(original)
            self._tables[original] = (theirs, self._table(theirs))
        theirs, ours = self._tables[original]
        self._files[address] = (name, theirs)
        file.methods = ctypes.pointer(ours)

    def _table(self, theirs: _Methods) -> _Methods:
        ours = _Methods()
        ctypes.pointer(ours)[0] = theirs
        ours.close = _Close(self._guarded(self._close))
        ours.write = _Transfer(self._guarded(self._write))
        ours.truncate = _Truncate(self._guarded(self._truncate))
        ours.sync = _Sync(self._guarded(self._sync))
        if self._reads:
            ours.read = _Transfer(self._guarded(self._read))
        return ours

    def _close(self, file: int) -> int:
        _, theirs = self._files.pop(file)
        return int(theirs.close(file))

    def _read(self, file: int, into: int, amount: int, offset: int) -> int:
        name, theirs = self._files[file]
        refusal = self._watch(Operation(Kind.READ, name, offset))
        return int(theirs.read(file, into, amount, offset)) if refusal is None else refusal.code

    def _write(self, file: int, start: int, amount: int, offset: int) -> int:
        name, theirs = self._files[file]
        refusal = self._watch(Operation(Kind.WRITE, name, offset, ctypes.string_at(start, amount)))
        if refusal is None:
            return int(theirs.write(file, start, amount, offset))
        if refusal.written:
            theirs.write(file, start, min(refusal.written, amount), offset)
        return refusal.code

    def _truncate(self, file: int, size: int) -> int:
        name, theirs = self._files[file]
        refusal = self._watch(Operation(Kind.TRUNCATE, name, size))
        return int(theirs.truncate(file, size)) if refusal is None else refusal.code

    def _sync(self, file: int, flags: int) -> int:
        name, theirs = self._files[file]
        refusal = self._watch(Operation(Kind.SYNC, name))
        return int(theirs.sync(file, flags)) if refusal is None else refusal.code
