"""Names and texts a client may send, chosen to collide with what a generator writes."""

import json
import keyword
from collections.abc import Sequence
from typing import Any

from tests.differential.dice import Dice, chance, pick

NAMES = (
    "a", "b", "x", "y", "r1", "o7", "e3", "c11", "g2", "v0", "r", "o", "t", "k", "n", "i",
    "_", "__", "___", "_x", "_r1", "data", "errors", "context", "variables", "self", "cls",
    "part", "optimistic", "exact", "source", "result", "rows", "row", "person", "persons",
    "print", "eval", "exec", "open", "getattr", "len", "str", "type", "list", "dict", "date",
    "__import__", "__class__", "__builtins__", "__dict__", "__name__", "__typename", "__debug__",
    "None_", "null_", "Anomaly", "AttributeError", "Exception", "breakpoint", "L" * 300,
    *keyword.kwlist, *keyword.softkwlist,
)  # fmt: skip
NAMES = tuple(dict.fromkeys(name for name in NAMES if name not in {"on", "true", "false", "null"}))

STRINGS = (
    "",
    "plain",
    "it's",
    'say "x"',
    '"""',
    "'''",
    "back\\slash",
    "\\",
    "line\nbreak",
    "\r\n\t",
    "{braces} {0} {{}}",
    "%s %(x)s",
    "ā č ē 🇱🇻 \u2028",
    "__import__('os').system('true')",
    "'); raise SystemExit('",
    "\x7f\u00a0",
    "#",
)


CODES = (
    "161175-19997",
    "328673-00679",
    "330000-00001",
    "340000-00002",
    "350000-00003",
    "32000000004",
)
DAYS = ("2024-02-29", "2026-11-20", "1918-11-18")


def json_of(dice: Dice, scalar: str) -> Any:  # noqa: ANN401 — JSON
    """Return what may be sent for a scalar."""
    pools: dict[str, Sequence[Any]] = {
        "PersonalCode": CODES,
        "Date": DAYS,
        "Boolean": (True, False),
        "Int": (0, 1, -7, 2**31 - 1),
        "Float": (0.0, 1, -2.5, 1e300),
    }
    return pick(dice, pools.get(scalar, STRINGS))


def literal(dice: Dice, value: Any) -> str:  # noqa: ANN401 — JSON
    """Return a GraphQL literal of a JSON value; strings may be block strings."""
    if isinstance(value, str) and chance(dice, 30) and block_fits(value):
        return '"""' + value.replace('"""', '\\"""') + '"""'
    return json.dumps(value, ensure_ascii=chance(dice, 50))


def block_fits(value: str) -> bool:
    """Tell whether a block string can hold ``value`` unchanged."""
    return (
        bool(value)
        and value == value.strip()
        and not set("\n\r\\\x7f") & set(value)
        and value[-1] != '"'
    )
