"""Names and texts a client may send, chosen to collide with what a generator writes."""

import json
import keyword
from typing import Any

from tests.differential.dice import Dice, chance

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
