"""One record under one question: what stands in the answer, and who else is named in it."""

from collections.abc import Callable, Collection
from typing import Final, NamedTuple

import orjson

from hub.model.catalogue import FieldId
from hub.model.personal_code import PersonalCode
from hub.ports import Connector


class View(NamedTuple):
    """What a part shows of a record.

    Attributes:
        value: What stands in the answer: encoded already, or not; or the published object where
            nothing assembles it here.
        counted: Who is named in what is asked for, and how; these have entries of their own.
        embedded: Who is named anywhere in the record.
        empty: Nothing is to be shown.
        odd: Only the exact pass can tell what stands in the answer.
    """

    value: object
    counted: tuple[tuple[str, PersonalCode], ...] = ()
    embedded: frozenset[PersonalCode] = frozenset()
    empty: bool = False
    odd: bool = False


_EMPTY: Final = View(None, empty=True)


def view_of(
    published: object | None,
    connector: Connector,
    leaves: Collection[FieldId],
    show: Callable[[object], object] | None,
    *,
    encode: bool,
) -> View:
    """Return the view of a published object; with ``encode`` its value is JSON already."""
    if published is None:
        return _EMPTY
    others = connector.others(published)
    counted = tuple(each for each in others if _asked(each[0], leaves)) if others else ()
    embedded = frozenset(code for _, code in others)
    if show is None:
        return View(published, counted, embedded)
    try:
        value = show(published)
        if encode:
            # copied, for it is kept: what orjson returns holds 4 kB, however short it is
            value = orjson.Fragment(bytes(memoryview(orjson.dumps(value))))
    except Exception:  # noqa: BLE001 — whatever it is, the exact pass tells it
        return View(None, counted, embedded, odd=True)
    return View(value, counted, embedded)


def _asked(relation: str, leaves: Collection[FieldId]) -> bool:
    return any(relation in leaf.split(".")[1:] for leaf in leaves)
