"""Registers behind data loaders: one batch per register and request, only the columns asked."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from aiodataloader import DataLoader
from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    InlineFragmentNode,
    SelectionSetNode,
)
from graphql.language import FragmentDefinitionNode

from hub.model.catalogue import FieldId
from hub.model.evidence import Ask, Facts, Provenance, Window
from hub.model.personal_code import PersonalCode
from hub.ports import Clock, Connector, Residence

_CODES = frozenset({"codes.code", "codes.begins"})
_DOCUMENTS = 512


@dataclass(frozen=True, slots=True)
class Known:
    """What a register answered about one code."""

    facts: Facts
    as_of: datetime


Loader = DataLoader[PersonalCode, Known | None]


@dataclass(frozen=True, slots=True)
class _Selection:
    """A field of a document, equal to itself wherever the same text is asked again."""

    text: str
    start: int
    nodes: Sequence[FieldNode] = field(compare=False)
    fragments: Mapping[str, FragmentDefinitionNode] = field(compare=False)


class Desk:
    """The context of one request: its client, and loaders that live as long as it does."""

    def __init__(self, connectors: Mapping[str, Connector], clock: Clock, client: str) -> None:
        self._connectors = connectors
        self._loaders: dict[Ask, Loader] = {}
        self._asked: dict[int, tuple[Connector, Loader]] = {}
        self.client = client
        self.today = clock.today()

    async def residence(self, code: PersonalCode) -> Residence | None:
        """Return the person's codes; None for somebody unknown."""
        found = await self._loader(Ask(register="population", columns=_CODES)).load(code)
        if found is None:
            return None
        connector = self._connectors["population"]
        published = connector.present(found.facts, {}, _provenance(connector, found), self.today)
        assert isinstance(published, Residence | None)
        return published

    async def part(
        self,
        residence: Residence | None,
        info: GraphQLResolveInfo[Any],
        register: str,
        arguments: Mapping[str, Any],
    ) -> Any:  # noqa: ANN401 — the published types differ
        """Return one register's published object, or None without a record."""
        if residence is None:
            return None
        # a field of the document has one loader in a request, however many persons have the field
        node = id(info.field_nodes[0])
        if node not in self._asked:
            self._asked[node] = self._ask(info, register, arguments)
        connector, loader = self._asked[node]
        known = await _joined(connector, loader, residence.codes)
        if known is None or known.facts.is_empty():
            return None
        provenance = _provenance(connector, known)
        return connector.present(known.facts, arguments, provenance, self.today)

    def _ask(
        self, info: GraphQLResolveInfo[Any], register: str, arguments: Mapping[str, Any]
    ) -> tuple[Connector, Loader]:
        connector = self._connectors[register]
        window = None
        if connector.manifest.windowed:
            window = Window(start=arguments["from"], end=arguments["to"])
        columns = connector.columns(_leaves(_selection(info), register))
        return connector, self._loader(Ask(register=register, columns=columns, window=window))

    def _loader(self, ask: Ask) -> Loader:
        loader = self._loaders.get(ask)
        if loader is None:
            connector = self._connectors[ask.register]

            async def batch(codes: list[PersonalCode]) -> list[Known | None]:
                reply = await connector.fetch(ask, codes, "")
                facts, as_of = reply.facts, reply.as_of
                return [Known(facts[code], as_of) if code in facts else None for code in codes]

            loader = self._loaders[ask] = DataLoader(batch)
        return loader


async def _joined(
    connector: Connector, loader: Loader, codes: Sequence[PersonalCode]
) -> Known | None:
    if len(codes) == 1:
        return await loader.load(codes[0])
    found = [each for each in await asyncio.gather(*map(loader.load, codes)) if each]
    if not found:
        return None
    return Known(connector.merge([each.facts for each in found]), found[0].as_of)


def _provenance(connector: Connector, known: Known) -> Provenance:
    manifest = connector.manifest
    return Provenance(
        register=manifest.name,
        controller=manifest.controller,
        source=manifest.source,
        as_of=known.as_of,
        fetched_at=known.as_of,
        cached=False,
        stale=False,
    )


def _selection(info: GraphQLResolveInfo[Any]) -> _Selection:
    first = info.field_nodes[0].loc
    assert first is not None
    return _Selection(first.source.body, first.start, info.field_nodes, info.fragments)


@lru_cache(maxsize=_DOCUMENTS)
def _leaves(selection: _Selection, register: str) -> frozenset[FieldId]:
    """Return the fields asked below one field; a document is searched once."""
    below = (
        FieldId(path)
        for node in selection.nodes
        for path in _fields(node.selection_set, selection.fragments, register)
    )
    return frozenset(below)


def _fields(
    selections: SelectionSetNode | None,
    fragments: Mapping[str, FragmentDefinitionNode],
    path: str,
) -> Iterator[str]:
    for node in selections.selections if selections else ():
        if isinstance(node, FieldNode):
            below = f"{path}.{node.name.value}"
            yield below
            yield from _fields(node.selection_set, fragments, below)
        elif isinstance(node, InlineFragmentNode):
            yield from _fields(node.selection_set, fragments, path)
        elif isinstance(node, FragmentSpreadNode):
            yield from _fields(fragments[node.name.value].selection_set, fragments, path)
