"""Processes that build: forked from one that has the heavy libraries loaded and runs no threads.

They end when the process that asked for them does, however it ended: what is on a run's desk then
belongs to the next run.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor


def cores() -> int:
    """How many cores this process may use; one where it works for another that has split up."""
    return 1 if multiprocessing.parent_process() else len(os.sched_getaffinity(0))


def pool(jobs: int) -> ProcessPoolExecutor:
    """Some processes; they start at the first task.

    Args:
        jobs: most processes at a time.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["flows.preload"])
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_end_with_parent)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None

    def wait() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
