"""Reading the files of the policy folder: plain YAML, strictly, with the line of every value."""

import importlib.resources
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

import msgspec
import yaml
from yaml.composer import Composer

from hub.errors import Misconfigured

Wire = TypeVar("Wire")

_PLACED = re.compile(r"(?s)(.*?) - at `(?:key` in `)?(.*)`")


class _PlainLoader(Composer, yaml.CSafeLoader):
    """YAML in which only ``true``, ``false``, ``null`` and decimal integers are not text.

    ``no``, ``on``, dates and ``0001000`` (an octal number to YAML 1.1) stay what was written.
    Parsed by libyaml, eight times as fast as in Python, but composed in Python: composed by the
    extension, a document nested deeply enough ends the process, where here it is an error.
    """

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 — declared so by PyYAML

    def __init__(self, stream: str) -> None:
        yaml.CSafeLoader.__init__(self, stream)
        Composer.__init__(self)


for _tag, _form, _first in (
    ("bool", r"true|false", "tf"),
    ("null", r"null|~|", ["n", "~", ""]),
    ("int", r"-?(?:0|[1-9]\d*)", "-0123456789"),
):
    _PlainLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"(?:{_form})$", re.ASCII), list(_first)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One file as read.

    Attributes:
        name: How problems name it.
        value: Plain dicts, lists, text, integers, booleans, None.
        lines: Path (``$.scope.territories[0]``) to line, from 1.
    """

    name: str
    value: Any
    lines: Mapping[str, int]

    def problem(self, path: str, sentence: str) -> str:
        """Return ``sentence`` with the file and the line of ``path``, or of what holds it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return f"{self.name}:{self.lines.get(path, 1)}: {sentence}"

    def convert(self, wire: type[Wire]) -> Wire:
        """Read the value as the msgspec Struct ``wire``.

        Raises:
            Misconfigured: The file lacks something, has something unknown, or of a wrong type.
        """
        try:
            return msgspec.convert(self.value, wire)
        except msgspec.ValidationError as wrong:
            placed = _PLACED.fullmatch(str(wrong))
            sentence, path = (placed[1], placed[2]) if placed else (str(wrong), "$")
            raise Misconfigured([self.problem(path, _lowered(sentence))]) from None


def packaged() -> Traversable:
    """Return the policy folder that comes with the hub."""
    return importlib.resources.files("policies")


def listed(folder: Traversable, suffix: str) -> Iterator[tuple[str, str]]:
    """Yield (name, text) of the folder's files that end in ``suffix``, in the order of names.

    Raises:
        Misconfigured: There is no such folder, or a file is not UTF-8.
    """
    if not folder.is_dir():
        raise Misconfigured([f"{folder.name}: no such folder"])
    for file in sorted(folder.iterdir(), key=lambda found: found.name):
        if file.name.endswith(suffix):
            yield f"{folder.name}/{file.name}", text_of(file)


def text_of(file: Traversable) -> str:
    """Return the file's text.

    Raises:
        Misconfigured: There is no such file, or it is not UTF-8.
    """
    try:
        return file.read_bytes().decode()
    except OSError:
        raise Misconfigured([f"{file.name}: the file cannot be read"]) from None
    except UnicodeDecodeError:
        raise Misconfigured([f"{file.name}: the file is not UTF-8"]) from None


def read_yaml(name: str, text: str) -> Source:
    """Read YAML (JSON is YAML too).

    Raises:
        Misconfigured: Not YAML, empty, or a key stands twice in one mapping.
    """
    try:
        root = yaml.compose(text, Loader=_PlainLoader)
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        line = min(line, len(text.splitlines()))  # what is missing is missing after the last
        raise Misconfigured([f"{name}:{line}: not YAML: {wrong.problem}"]) from None
    except yaml.YAMLError:
        raise Misconfigured([f"{name}:1: not YAML: a character is not allowed"]) from None
    if root is None:
        raise Misconfigured([f"{name}:1: the file is empty"])
    lines: dict[str, int] = {}
    return Source(name=name, value=_plain(name, root, "$", lines), lines=lines)


def _plain(name: str, node: yaml.Node, path: str, lines: dict[str, int]) -> Any:  # noqa: ANN401 — any shape of YAML
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _mapping(name, node, path, lines)
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(name, item, f"{path}[{place}]", lines) for place, item in enumerate(node.value)
        ]
    return _scalar(node.tag.rpartition(":")[2], str(node.value))


def _scalar(kind: str, text: str) -> bool | int | str | None:
    match kind:
        case "bool":
            return text == "true"
        case "int":
            return int(text)
        case "null":
            return None
        case _:
            return text


def _mapping(name: str, node: yaml.MappingNode, path: str, lines: dict[str, int]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for key, item in node.value:
        word = str(key.value)
        if word in value:
            raise Misconfigured([f"{name}:{key.start_mark.line + 1}: `{word}` stands twice"])
        value[word] = _plain(name, item, f"{path}.{word}", lines)
        lines[f"{path}.{word}"] = key.start_mark.line + 1
    return value


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
