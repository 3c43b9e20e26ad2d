"""A flame graph of each workload, warm, of the hub's process (py-spy)."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from bench.measure import Bench
from bench.workloads import WORKLOADS

_SECONDS = 8
_RATE_HZ = "250"
_BEFORE_S, _AFTER_S = 0.5, 2.0


def profile(bench: Bench, folder: Path, say: Callable[[str], None]) -> None:
    """Write ``<workload>.svg`` into ``folder``; frames of native code are left out."""
    folder.mkdir(parents=True, exist_ok=True)
    spy = Path(sys.executable).with_name("py-spy")
    for workload in WORKLOADS:
        graph = folder / f"{workload.name}.svg"
        say(f"profiling: {graph}")
        bench.warm_up(workload)
        sending = threading.Thread(
            target=bench.hub.send,
            args=([bench.stream(workload)],),
            kwargs={"seconds": _BEFORE_S + _SECONDS + _AFTER_S},
        )
        sending.start()
        pid = str(bench.sandbox.workers()[0].pid)
        words = [str(spy), "record", "--nonblocking", "--pid", pid, "--rate", _RATE_HZ]
        words += ["--duration", str(_SECONDS), "--output", str(graph)]
        try:
            subprocess.run(words, check=True, stdout=sys.stderr)
        finally:
            sending.join()
