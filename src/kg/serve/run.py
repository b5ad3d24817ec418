"""Running the application: sockets, signals, a clean end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator

import uvicorn
import uvloop

from kg.errors import KgError
from kg.serve.app import application
from kg.serve.connections import protocol
from kg.serve.dataset import Dataset
from kg.serve.settings import Settings

_BACKLOG = 1024


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes any that is free. Raises KgError."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        hint = "give another --port, or 0 for any that is free"
        raise KgError(f"cannot listen ({error.strerror})", where=f"{host}:{port}", hint=hint) from None


def url(listener: socket.socket) -> str:
    """Return the address that a listening socket has."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(dataset: Dataset, settings: Settings, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM; then take no more, let running queries end, and return.

    `ready` is called when requests are answered. SIGHUP looks for a rebuilt store at once.
    """
    _logs()
    app = application(dataset, settings)
    config = uvicorn.Config(
        app,
        http=protocol(settings),
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=int(settings.timeout) + 5,
        proxy_headers=True,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(_Server(config), listener, ready))


class _Server(uvicorn.Server):
    """uvicorn's server, which leaves signals to us: it would raise them once more at the end."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing."""
        yield


async def _serve(server: _Server, listener: socket.socket, ready: Callable[[], None]) -> None:
    service = server.config.app.state.service  # type: ignore[union-attr]
    loop = asyncio.get_running_loop()
    reloads: set[asyncio.Task[bool]] = set()

    def reload() -> None:
        task = loop.create_task(service.reload())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    loop.add_signal_handler(signal.SIGHUP, reload)
    for number in (signal.SIGINT, signal.SIGTERM):  # once: let queries end; SIGINT twice: at once
        loop.add_signal_handler(number, server.handle_exit, number, None)
    serving = asyncio.create_task(server.serve([listener]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    if server.started:
        ready()
    await serving
    if not server.started:
        raise KgError("the server could not start", hint="run with -v for the reason")


def _logs() -> None:
    """Write the access log to standard output, one JSON object a line."""
    access = logging.getLogger("kg.access")
    if not access.handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(logging.Formatter("%(message)s"))
        access.addHandler(handler)
    access.setLevel(logging.INFO)
    access.propagate = False
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
