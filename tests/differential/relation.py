"""When two answers to one operation agree.

Data agree when their JSON texts are the same, the order of names included. Errors agree when
every one of them leads to a null in the data, or below one, and

- at a place of its own (nothing above it is null) both sides tell the same errors;
- of errors below a null both sides tell at least one, and each told is one that graphql-core
  tells too when nothing but its path is asked: which of several errors is told there is free;
- below what was denied, errors may be left out altogether.
"""

import json
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from tests.differential.reference import Outcome, Path, Place, Told

Possible = Callable[[Told], bool]
"""Whether graphql-core tells an error when only its path is asked."""


def disagreements(theirs: Outcome, ours: Outcome, possible: Possible) -> list[str]:
    """Return in what ``ours`` does not agree with ``theirs``; empty when it does."""
    if text(theirs.data) != text(ours.data):
        return [f"data: {text(theirs.data)}\n  ours: {text(ours.data)}"]
    found: list[str] = []
    nulls: list[dict[Path, set[Told]]] = []
    for side in (theirs, ours):
        nulls.append({})
        for error in side.errors:
            null = null_of(side.data, error.path)
            if null is None:
                found.append(f"leads to no null: {error}")
            elif error in nulls[-1].setdefault(null, set()):
                found.append(f"told twice: {error}")
            else:
                nulls[-1][null].add(error)
    for null in {**nulls[0], **nulls[1]}:
        mine, yours = nulls[1].get(null, set()), nulls[0].get(null, set())
        found += _of_null(null, yours, mine, denied=_is_withheld(null, theirs.withheld))
    extra = set(ours.errors) - set(theirs.errors)
    found += [f"impossible: {error}" for error in sorted(extra, key=repr) if not possible(error)]
    return found


def exactly(theirs: Outcome, ours: Outcome) -> list[str]:
    """Return in what errors differ that were not told below what was denied, their order included.

    The specification asks for less; that synchronous execution happens in one order alone makes
    this hold, and it is the sharper test.
    """
    told = [
        [error for error in side.errors if not _is_withheld(error.path or (), theirs.withheld)]
        for side in (theirs, ours)
    ]
    return [] if told[0] == told[1] else [f"errors: {told[0]}\n  ours: {told[1]}"]


def _of_null(
    null: Path, theirs: Collection[Told], ours: Collection[Told], *, denied: bool
) -> list[str]:
    own = [error for error in (*theirs, *ours) if error.path == null]
    if own and theirs != ours and not (denied and not ours):
        return [f"at {null}: {sorted(theirs, key=repr)}\n  ours: {sorted(ours, key=repr)}"]
    if not denied and bool(theirs) != bool(ours):
        return [f"below {null}: {sorted(theirs, key=repr)}\n  ours: {sorted(ours, key=repr)}"]
    return []


def null_of(data: Any, path: Path | None) -> Path | None:  # noqa: ANN401 — JSON
    """Return where on the way along ``path`` ``data`` is null; None when it nowhere is."""
    if path is None:
        return () if data is None else None
    for length, step in enumerate(path):
        if data is None:
            return path[:length]
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return path if data is None else None


def _is_withheld(null: Path, places: Collection[Place]) -> bool:
    names = tuple(step for step in null if isinstance(step, str))
    return any(names[: len(place)] == place for place in places)


def text(data: object) -> str:
    """Return ``data`` as JSON; days and instants may have been left to the encoder."""
    return json.dumps(data, default=_encoded)


def _encoded(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
