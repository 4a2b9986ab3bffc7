"""The cheapest server there is: after every so many bytes it answers the same. It shows the load's own limit."""

from __future__ import annotations

import selectors
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


@contextmanager
def echo_server(request_bytes: int) -> Iterator[int]:
    """Answers requests of this length, in a process of its own. Yields the port."""
    command = [sys.executable, "-m", "tests.bench.echo", str(request_bytes)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _serve(request_bytes: int) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    ready = selectors.DefaultSelector()
    ready.register(listener, selectors.EVENT_READ)
    missing: dict[socket.socket, int] = {}
    while True:
        for key, _ in ready.select():
            if key.fileobj is listener:
                connection, _ = listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                ready.register(connection, selectors.EVENT_READ, connection)
                missing[connection] = request_bytes
            else:
                _answer(key.data, missing, request_bytes)
                if key.data not in missing:
                    ready.unregister(key.data)


def _answer(connection: socket.socket, missing: dict[socket.socket, int], request_bytes: int) -> None:
    got = len(connection.recv(65536))
    missing[connection] -= got
    if not got:
        del missing[connection]
    elif missing[connection] <= 0:
        missing[connection] += request_bytes
        connection.sendall(_ANSWER)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
