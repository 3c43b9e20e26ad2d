"""Which columns answer which published leaf, told briefly."""

from collections.abc import Collection, Mapping

from hub.model.catalogue import FieldId


def leaves(
    published: str,
    columns: str,
    names: str | Mapping[str, str],
    *,
    always: Collection[str] = (),
) -> Mapping[FieldId, frozenset[str]]:
    """Return the needs of leaves that stand side by side in one published object.

    Args:
        published: Path of the object below ``Person``: ``disability.decisions``.
        columns: Path of its rows among the columns: ``decisions``; "" for the record itself.
        names: Published leaf to column names (both separated by blanks), or only column names
            where every leaf is the camelCase of its column.
        always: Full column names that every leaf of this object needs besides its own, such as
            what decides whether its row is shown at all.
    """
    prefix = f"{columns}." if columns else ""
    if isinstance(names, str):
        names = {camel_case(name): name for name in names.split()}
    return {
        FieldId(f"{published}.{leaf}"): frozenset(
            {*always, *(prefix + name for name in own.split())}
        )
        for leaf, own in names.items()
    }


def camel_case(name: str) -> str:
    """Return the GraphQL name of a Python attribute, as Strawberry makes it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
