"""Metrics of several workers, told as one: each keeps its own in files that all of them read."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

# the library's own functions are not annotated
_forget: Callable[[int, str], None] = mark_process_dead
_values_of: Callable[[Callable[[], int]], Any] = values.MultiProcessValue
_Collector: Callable[..., object] = MultiProcessCollector


@dataclass(frozen=True, slots=True)
class Tally:
    """The folder of the files, of which each seat has its own.

    A worker goes on counting where the one before it in its seat was ended, so that no counter
    ever falls, and there are never more files than seats.
    """

    folder: Path

    def sit(self, seat: int) -> None:
        """Have all metrics made from now on in this process kept in the seat's files."""
        # prometheus-client is told of the folder in no other way
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(self.folder)  # noqa: TID251 — written, not read
        _forget(seat, str(self.folder))  # gauges of the worker before
        values.ValueClass = _summed(_values_of(lambda: seat))

    def registry(self) -> CollectorRegistry:
        """Return what tells the sums over all seats."""
        registry = CollectorRegistry()
        _Collector(registry, path=str(self.folder))
        return registry

    def remove(self) -> None:
        """Remove the files; workers that still count do not notice."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _summed(kept_by_seat: Any) -> Any:  # noqa: ANN401 — a class that the library makes when asked
    """Return the class for values of which the sum is told, of gauges too."""

    class Summed(kept_by_seat):  # type: ignore[misc]  # what it is, is known when it is there
        def __init__(self, kind: str, *names: object, **more: object) -> None:
            if kind == "gauge" and more.get("multiprocess_mode") == "all":
                more["multiprocess_mode"] = "livesum"
            super().__init__(kind, *names, **more)

    return Summed


@contextmanager
def kept() -> Iterator[Tally]:
    """Keep a tally for as long as the block runs, readable by this account alone."""
    tally = Tally(Path(tempfile.mkdtemp(prefix="vienreiz-metrics-")))
    try:
        yield tally
    finally:
        tally.remove()
