"""Reading the table of thresholds."""

from importlib.resources.abc import Traversable
from typing import Final

from hub.errors import Misconfigured
from hub.model.misuse import Thresholds
from hub.policy.source import Source, read_yaml, text_of
from hub.policy.vocabulary import Vocabulary

FILE: Final = "misuse.yaml"


def load_thresholds(folder: Traversable, vocabulary: Vocabulary) -> Thresholds:
    """Read ``misuse.yaml``; exempt purposes become IRIs, as entries name them.

    Args:
        folder: The policy folder.
        vocabulary: Purposes there are.

    Raises:
        Misconfigured: A row or threshold is missing, unknown or out of bounds; a purpose that does
            not exist; hours that never open.
    """
    source = read_yaml(FILE, text_of(folder / FILE))
    if isinstance(source.value, dict) and isinstance(row := source.value.get("out_of_hours"), dict):
        purposes = row.get("exempt_purposes")
        if isinstance(purposes, list):
            row["exempt_purposes"] = [vocabulary.iri(str(name)) for name in purposes]
    table = source.convert(Thresholds)
    if problems := _problems(source, table, vocabulary):
        raise Misconfigured(problems)
    return table


def _problems(source: Source, table: Thresholds, vocabulary: Vocabulary) -> list[str]:
    hours = table.out_of_hours
    problems = [
        source.problem(f"$.out_of_hours.exempt_purposes[{place}]", f"`{iri}` is no purpose")
        for place, iri in enumerate(hours.exempt_purposes)
        if vocabulary.short(iri) not in vocabulary.purposes
    ]
    if hours.opens >= hours.closes:
        problems.append(source.problem("$.out_of_hours.opens", "`opens` is not before `closes`"))
    if not set(hours.moved_holidays) <= set(hours.fixed_holidays):
        problems.append(
            source.problem("$.out_of_hours.moved_holidays", "a day that moves is no fixed holiday")
        )
    return problems
