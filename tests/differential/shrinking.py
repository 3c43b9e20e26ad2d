"""A failing case made small: the choices that led to it, as many as possible of them zero."""

from collections.abc import Callable, Sequence
from typing import Final

from tests.differential.dice import Dice, Rolled

_ROUNDS: Final = 4
_BLOCKS: Final = (64, 16, 4, 1)


class Replayed:
    """Repeats choices made before; after the last one everything is as simple as can be."""

    def __init__(self, choices: Sequence[int]) -> None:
        self._choices = choices
        self._next = 0

    def below(self, bound: int) -> int:
        self._next += 1
        return self._choices[self._next - 1] % bound if self._next <= len(self._choices) else 0


class Recorded:
    """Rolls, and remembers what was rolled."""

    def __init__(self, seed: int) -> None:
        self._rolled = Rolled(seed)
        self.choices: list[int] = []

    def below(self, bound: int) -> int:
        self.choices.append(self._rolled.below(bound))
        return self.choices[-1]


def shrunk(seed: int, fails: Callable[[Dice], bool], *, attempts: int = 1_000) -> Replayed:
    """Return dice for a case that still fails and is as small as ``attempts`` allow."""
    recorded = Recorded(seed)
    fails(recorded)
    choices = recorded.choices
    for _ in range(_ROUNDS):
        before = list(choices)
        for block in _BLOCKS:
            start = 0
            while start < len(choices):
                for shorter in _simpler(choices, start, block):
                    attempts -= 1
                    if attempts < 0:
                        return Replayed(choices)
                    if shorter != choices and fails(Replayed(shorter)):
                        choices = shorter
                        break
                else:
                    start += block
        if choices == before:
            break
    return Replayed(choices)


def _simpler(choices: list[int], start: int, block: int) -> list[list[int]]:
    end = start + block
    without = choices[:start] + choices[end:]
    zeros = [0] * len(choices[start:end])
    return [without, choices[:start] + zeros + choices[end:]]
