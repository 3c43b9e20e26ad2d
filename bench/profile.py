"""Flame graphs of the hub's process (py-spy): each workload warm, and what is dear besides."""

import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.load import Stream
from bench.measure import Bench
from bench.workloads import DOSSIER, STATUS, WORKLOADS

_SECONDS = 8.0
_AROUND_S = 3.0
"""Sent before and after, while py-spy comes and goes."""
_RATE_HZ = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shot:
    """One graph: what is sent meanwhile."""

    name: str
    stream: Stream
    forget: str | None = None


def profile(bench: Bench, folder: Path, say: Callable[[str], None]) -> None:
    """Write ``<workload>.svg`` and others into ``folder``; frames of native code are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    for workload in WORKLOADS:
        bench.warm_up(workload)
        _take(bench, _Shot(name=workload.name, stream=bench.stream(workload)), folder, say)
    seconds = _SECONDS + _AROUND_S
    for workload in (STATUS, DOSSIER):
        unseen = bench.unseen_stream(workload, seconds, workload.connections)
        _take(bench, _Shot(name=f"{workload.name}-unseen", stream=unseen), folder, say)
    url = bench.sandbox.estate.redis_url
    cold = _Shot(name="status-cold", stream=bench.everybody(STATUS), forget=url)
    _take(bench, cold, folder, say)


def _take(bench: Bench, shot: _Shot, folder: Path, say: Callable[[str], None]) -> None:
    graph = folder / f"{shot.name}.svg"
    say(f"profiling: {graph}")
    sending = threading.Thread(
        target=bench.hub.send,
        args=([shot.stream],),
        kwargs={"seconds": _SECONDS + _AROUND_S, "forget": shot.forget},
    )
    sending.start()
    try:
        subprocess.run(_words(bench, graph), check=True, stdout=sys.stderr)
    finally:
        sending.join()


def _words(bench: Bench, graph: Path) -> list[str]:
    spy = Path(sys.executable).with_name("py-spy")
    pid = bench.sandbox.workers()[0].pid
    options = {"--pid": pid, "--rate": _RATE_HZ, "--duration": int(_SECONDS), "--output": graph}
    told = [str(word) for option in options.items() for word in option]
    return [str(spy), "record", "--nonblocking", *told]
