"""As many cases as one likes, on every core: ``make fuzz``.

``FUZZ_CASES`` is how many (a million), ``FUZZ_SEED`` the number of the first one: a run is taken
up again, or a case seen again, by its number. ``FUZZ_PROCESSES`` is one per core if not said.
"""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing import get_context
from typing import Final

from tests.differential.rolling import failure

_CHUNK: Final = 250
_TOLD_EVERY_S: Final = 10.0
_MOST_FAILURES: Final = 10

Chunk = tuple[int, list[str], Counter[str]]


def main() -> int:
    """Run; return 1 if any case failed."""
    cases = int(os.environ.get("FUZZ_CASES") or 1_000_000)
    first = int(os.environ.get("FUZZ_SEED") or int.from_bytes(os.urandom(5)))
    processes = int(os.environ.get("FUZZ_PROCESSES") or os.cpu_count() or 1)
    _say(f"{cases} cases from FUZZ_SEED={first}, {processes} processes")
    progress = _Progress(first, cases)
    with get_context("spawn").Pool(processes) as pool:
        try:
            for chunk in pool.imap(_chunk, _chunks(first, cases)):
                progress.add(chunk)
                if progress.failures >= _MOST_FAILURES:
                    _say("enough failures")
                    break
        except KeyboardInterrupt:
            _say("interrupted")
    progress.tell()
    return 1 if progress.failures else 0


def _chunks(first: int, cases: int) -> Iterator[range]:
    for start in range(first, first + cases, _CHUNK):
        yield range(start, min(start + _CHUNK, first + cases))


def _chunk(numbers: range) -> Chunk:
    seen: Counter[str] = Counter()
    found = [told for number in numbers if (told := failure(number, seen))]
    return len(numbers), found, seen


class _Progress:
    def __init__(self, first: int, cases: int) -> None:
        self._first = first
        self._cases = cases
        self._done = 0
        self._began = self._told = time.monotonic()
        self._seen: Counter[str] = Counter()
        self.failures = 0

    def add(self, chunk: Chunk) -> None:
        done, found, seen = chunk
        self._done += done
        self._seen += seen
        self.failures += len(found)
        for each in found:
            _say(f"\nFAILED {each}\n")
        if time.monotonic() - self._told >= _TOLD_EVERY_S:
            self.tell()

    def tell(self) -> None:
        self._told = time.monotonic()
        rate = self._done / max(self._told - self._began, 0.001)
        met = ", ".join(f"{count} {what}" for what, count in sorted(self._seen.items()))
        left = self._cases - self._done
        again = (
            f"; the rest: FUZZ_SEED={self._first + self._done} FUZZ_CASES={left}" if left else ""
        )
        _say(f"{self._done} cases, {rate:.0f} a second, {self.failures} failed ({met}){again}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
