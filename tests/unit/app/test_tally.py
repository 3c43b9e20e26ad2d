"""In processes of their own: where metrics are kept is settled once for a process."""

import subprocess
import sys
from pathlib import Path

_WORKER = """
import sys
from pathlib import Path
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from hub.app.tally import Tally

tally = Tally(Path(sys.argv[1]))
tally.sit(int(sys.argv[2]))
own = CollectorRegistry()
asked = Counter("asked", "Asked", ("register",), registry=own)
size = Gauge("size_bytes", "Size", registry=own)
took = Histogram("took_seconds", "Took", buckets=(1.0, 2.0), registry=own)
asked.labels("employment").inc(int(sys.argv[3]))
size.set(int(sys.argv[3]))
took.observe(1.5)
print(generate_latest(tally.registry()).decode())
"""


def _told_by(folder: Path, seat: int, number: int) -> list[str]:
    words = [sys.executable, "-c", _WORKER, str(folder), str(seat), str(number)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if not line.startswith("#")]


def test_any_worker_tells_the_sums_and_a_successor_counts_on(tmp_path: Path) -> None:
    first = _told_by(tmp_path, 0, 3)
    assert 'asked_total{register="employment"} 3.0' in first
    second = _told_by(tmp_path, 1, 4)
    assert 'asked_total{register="employment"} 7.0' in second
    assert "size_bytes 7.0" in second
    assert 'took_seconds_bucket{le="2.0"} 2.0' in second
    files = sorted(each.name for each in tmp_path.iterdir())
    again = _told_by(tmp_path, 0, 5)
    assert 'asked_total{register="employment"} 12.0' in again
    assert "size_bytes 9.0" in again, "what the one before had is gone with it"
    assert sorted(each.name for each in tmp_path.iterdir()) == files
