"""Carries out what people ask for in the browser, one request at a time."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from catalog.requests import LEASE, Request, Requests
from catalog.rights import Actor, Role
from flows.refresh import Receipt, attempt
from flows.world import World

#: Seconds between looks into an empty queue.
PAUSE = 1.0


def work(world: World, stop: threading.Event | None = None) -> None:
    """Carry out requests until told to stop (``SIGTERM``, ``SIGINT`` or the event)."""
    stop = stop or _stopped_by_signal()
    requests = Requests(world.index.database)
    while not stop.is_set():
        request = requests.claim(world.now())
        if request is None:
            stop.wait(PAUSE)
            continue
        carry_out(request, requests, world)


def carry_out(request: Request, requests: Requests, world: World) -> Receipt:
    """Do what was asked, with a heartbeat, and write the report that the page shows."""
    actor = Actor(request.actor, frozenset({Role.PUBLISHER}))
    acting = World(settings=world.settings, actor=actor, now=world.now)
    with _heartbeat(request, requests, world):
        receipt = _KINDS[request.kind](request, acting)
    requests.finish(request, receipt.exit_code == 0, receipt.as_dict(), world.now())
    return receipt


def _publish(request: Request, world: World) -> Receipt:
    receipt = attempt(request.id, world)
    assert receipt is not None
    return receipt


_KINDS: Mapping[str, Callable[[Request, World], Receipt]] = {"publish": _publish}


@contextmanager
def _heartbeat(request: Request, requests: Requests, world: World) -> Iterator[None]:
    """Prolong the lease every third of it while the work goes on."""
    done = threading.Event()

    def beat() -> None:
        while not done.wait(LEASE.total_seconds() / 3):
            requests.beat(request, world.now())

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _stopped_by_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
