"""One web process and one worker process, supervised: publishing never stalls reading."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable

from catalog.problem import OutsideError, Problem
from flows.log import LOG
from flows.world import World

_PR_SET_PDEATHSIG = 1  # prctl(2)
#: A child that lives shorter than this, in seconds, is started again only after as long a pause.
STEADY = 5.0


def supervise(world: World, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve until ``SIGTERM`` or ``SIGINT``; a child that dies is started again.

    Args:
        world: the settings that both processes take over.
        host: address to listen on.
        port: port; 0 takes any free one.
        ready: called with the address once it answers.

    Raises:
        OutsideError: the port is taken.
    """
    world.index  # noqa: B018  (the database is brought to its newest shape before anyone asks it)
    listening = _listen(host, port)
    url = f"http://{host}:{listening.getsockname()[1]}"
    environment = os.environ | {"SAMDAO_BASE_URL": world.settings.base_url or url}
    stopped = False

    def stop(*_: object) -> None:
        nonlocal stopped
        stopped = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    web = [sys.executable, "-m", "catalog.web", str(listening.fileno())]
    work = [sys.executable, "-m", "flows.cli", "worker"]
    children = {
        "web": _Child("web", web, environment, (listening.fileno(),)),
        "worker": _Child("worker", work, environment, ()),
    }
    told = False
    while not stopped:
        for child in children.values():
            child.keep()
        if not told and _answers(host, listening.getsockname()[1]):
            ready(environment["SAMDAO_BASE_URL"])
            told = True
        time.sleep(0.1)
    for child in children.values():
        child.end()


class _Child:
    """A process that is started again when it dies."""

    def __init__(
        self, name: str, command: list[str], environment: dict[str, str], handles: tuple[int, ...]
    ) -> None:
        self.name, self.command = name, command
        self.environment, self.handles = environment, handles
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0

    def keep(self) -> None:
        """Start it, or start it again."""
        if self.process and self.process.poll() is None:
            return
        if self.process and time.monotonic() - self.started < STEADY:
            return
        if self.process:
            code = self.process.returncode
            LOG.error("the %s process ended with code %s; it is started again", self.name, code)
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  (our own modules)
            self.command, env=self.environment, pass_fds=self.handles, start_new_session=True,
            preexec_fn=_end_with_supervisor,
        )  # fmt: skip

    def end(self) -> None:
        """Ask it to end; insist after ten seconds."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _end_with_supervisor() -> None:
    """Have a child told to end when the supervisor is gone, however it went (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket, held by the supervisor so that no request is lost at a restart."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        params = {"reason": error.strerror, "port": port}
        raise OutsideError(Problem("port-taken", params=params)) from error
    listening.listen(128)
    return listening


def _answers(host: str, port: int) -> bool:
    import http.client

    connection = http.client.HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        connection.close()
