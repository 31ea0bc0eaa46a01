"""A network in between, as bad as one likes: cut after so many bytes, silent, or a login page of a hotel."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import threading
from contextlib import AbstractContextManager
from pathlib import Path

SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"
LOGIN_PAGE = b"HTTP/1.1 302 Found\r\nLocation: http://login.hotel.example/\r\nContent-Length: 0\r\n\r\n"


class Proxy(AbstractContextManager["Proxy"]):
    """Listens on this computer and hands on to the server's socket.

    Attributes:
        left: how many bytes may pass, both ways together, before the connection is cut; None for any number.
        silent: whether nothing passes any more, while connections stay open.
        passed: how many bytes have passed.
    """

    def __init__(self, target: Path, tls: ssl.SSLContext | None = None, page: bytes = b"") -> None:
        self.left: int | None = None
        self.silent = False
        self.passed = 0
        self._target = target
        self._tls = tls
        self._page = page
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self._threads = [threading.Thread(target=self._listen, daemon=True)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def address(self, database: str, login: str = "anna", more: str = "sslmode=disable") -> str:
        return f"postgresql://{login}@127.0.0.1:{self.port}/{database}?{more}"

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join(10)
        self._listener.close()

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            thread = threading.Thread(target=self._serve, args=(client,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            client.settimeout(10)
            if self._page:
                client.recv(1024)
                client.sendall(self._page)
                return
            if self._tls is not None:
                assert client.recv(8) == SSL_REQUEST
                client.sendall(b"S")
                with self._tls.wrap_socket(client, server_side=True) as wrapped:
                    self._connect(wrapped)
            else:
                self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        with socket.socket(socket.AF_UNIX) as server:
            server.connect(str(self._target))
            while not self._over.is_set():
                # TLS may have read more than it has handed out.
                waiting = isinstance(client, ssl.SSLSocket) and client.pending()
                ready = [client] if waiting else select.select([client, server], [], [], 0.1)[0]
                for source in ready:
                    data = b"" if self.silent else source.recv(65536)
                    if self.silent:
                        self._over.wait()
                        return
                    data = data[: self._allowed(len(data))]
                    if data:
                        (server if source is client else client).sendall(data)
                    if not data or self.left == 0:
                        return

    def _allowed(self, number: int) -> int:
        with self._lock:
            if self.left is not None:
                number = min(number, self.left)
                self.left -= number
            self.passed += number
            return number
