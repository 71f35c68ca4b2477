"""A survey that listens while the column passes by, in a thread of its own.

``survey`` takes an iterator and gives its answer at the end of it; here the iterator is fed from
outside, so that looking at a column and repairing it are one pass over the rows.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Any

#: Batches that may wait: few, so that memory stays flat.
_WAITING = 2


class Ear:
    """Feeds a survey.

    Args:
        survey: of a repair.
        options: its options.
    """

    def __init__(self, survey: Callable[[Iterator[Any], Any], Any], options: Any) -> None:
        self._queue: queue.Queue[Any] = queue.Queue(_WAITING)
        self._found: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._listen, args=(survey, options), daemon=True)
        self._thread.start()

    def hear(self, batch: tuple[Any, ...]) -> None:
        """Give it the next batch; waits while too many are waiting."""
        self._queue.put(batch)

    def answer(self) -> Any:
        """The decision of the whole column.

        Raises:
            Rejected: the survey refused.
        """
        self.close()
        if self._error is not None:
            raise self._error
        return self._found

    def close(self) -> None:
        """End the column, wait for the survey."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._thread.join()

    def _listen(self, survey: Callable[[Iterator[Any], Any], Any], options: Any) -> None:
        heard = iter(self._queue.get, None)
        try:
            self._found = survey(heard, options)
        except BaseException as error:  # noqa: BLE001 - told to whoever asks for the answer
            self._error = error
        for _ in heard:  # whoever feeds must not wait for a survey that has ended
            pass
