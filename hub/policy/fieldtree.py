"""Field trees of agreements: from what an officer writes to the leaves it means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hub.model.catalogue import Catalogue, FieldId
from hub.policy.source import Source
from hub.policy.vocabulary import nearest


@dataclass(slots=True, kw_only=True)
class _Expansion:
    source: Source
    catalogue: Catalogue
    found: set[FieldId] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def blame(self, at: str, sentence: str) -> None:
        self.problems.append(self.source.problem(at, sentence))

    def node(self, tree: object, prefix: str, at: str) -> None:
        if isinstance(tree, str):
            self.name(tree, prefix, at)
        elif isinstance(tree, list):
            for place, item in enumerate(tree):
                self.node(item, prefix, f"{at}[{place}]")
        elif isinstance(tree, Mapping):
            for name, below in tree.items():
                self.node(below, _join(prefix, name), f"{at}.{name}")
        else:
            self.blame(at, f'`{prefix}` names nothing below it; write "*" for everything')

    def name(self, name: str, prefix: str, at: str) -> None:
        if name in {"*", "#*"}:
            self.everything(prefix, at, value_classes=name == "#*")
            return
        path = FieldId(_join(prefix, name))
        known = self.catalogue.fields.get(path)
        if known is None:
            self.blame(at, self.unknown(path))
        elif known.free:
            self.blame(at, f"`{path}` is free beside any granted field and is not granted")
        else:
            self.found.add(path)

    def everything(self, prefix: str, at: str, *, value_classes: bool) -> None:
        below = set(_below(self.catalogue, prefix, value_classes=value_classes))
        if not below:
            self.blame(at, self.unknown(prefix))
        self.found |= below

    def unknown(self, path: str) -> str:
        if any(each.startswith(f"{path}.") for each in self.catalogue.fields):
            return f'`{path}` is not a leaf; write `{path.rpartition(".")[2]}: "*"` for all below'
        return f"`{path}` is not published{nearest(path, _paths(self.catalogue))}"


def expand(
    source: Source, tree: object, catalogue: Catalogue
) -> tuple[frozenset[FieldId], list[str]]:
    """Return the leaves and value classes ``tree`` means, and what is wrong with it.

    A tree is ``"*"`` (every leaf below, value classes never), ``"#*"`` (every value class), a
    name, a list of trees, or a mapping from a name to the tree below it. A name may be a dotted
    path, so that a list of field ids is a tree too. ``"#HEALTH"`` names the value class of the
    list it stands below.

    Args:
        source: The file, for naming lines.
        tree: The value of ``$.fields``.
        catalogue: What is published.

    Source: decision 0101 (a wildcard is expanded when an agreement is drafted).
    """
    expansion = _Expansion(source=source, catalogue=catalogue)
    expansion.node(tree, "", "$.fields")
    return frozenset(expansion.found), expansion.problems


def _join(prefix: str, name: str) -> str:
    return f"{prefix}{name}" if not prefix or name.startswith("#") else f"{prefix}.{name}"


def _below(catalogue: Catalogue, prefix: str, *, value_classes: bool) -> Iterator[FieldId]:
    starts = (f"{prefix}.", f"{prefix}#") if prefix else ("",)
    for known in catalogue.fields.values():
        if known.is_value_class is value_classes and known.id.startswith(starts) and not known.free:
            yield known.id


def _paths(catalogue: Catalogue) -> set[str]:
    parts = [each.split(".") for each in catalogue.fields]
    return {".".join(names[:end]) for names in parts for end in range(1, len(names) + 1)}
