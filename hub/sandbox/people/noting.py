"""How a twin notes who asks it: in the server's own log, which no connector can reach.

Every table a connector may read has a policy that notes the reading, once per statement and table,
before the first row; so it makes no difference what the statement is, whether it is part of a
transaction that is undone, or whether the session may write. What a well-behaved connector adds is
its reference, by the function ``asked`` (decision 0341).
"""

from collections.abc import Iterator
from typing import Final

from hub.sandbox.people.tables import name_of
from hub.sandbox.people.twin import Twin

LINE: Final = "register call"
LONGEST_REFERENCE: Final = 200

_ASKED: Final = """
CREATE FUNCTION "{schema}".asked(codes text[], reference text) RETURNS text[]
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RAISE LOG '{line} {register} asked % %',
        COALESCE(pg_catalog.cardinality(codes), 0), pg_catalog.left(reference, {longest});
    RETURN codes;
END $$
"""
_NOTED: Final = """
CREATE FUNCTION "{schema}".noted() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RAISE LOG '{line} {register} read';
    RETURN true;
END $$
"""


def noting(schema: str, register: str) -> Iterator[str]:
    """Yield what makes a register's functions; none of them quotes a personal code."""
    for text in (_ASKED, _NOTED):
        yield text.format(schema=schema, register=register, line=LINE, longest=LONGEST_REFERENCE)


def watched(twin: Twin) -> Iterator[str]:
    """Yield what lets nobody read a twin's tables unnoted, but their owner."""
    for table in twin.metadata.sorted_tables:
        name = name_of(table)
        # as a subquery it is called once for a statement and table, and not for each row
        noted = f'(SELECT "{twin.schema}".noted())'
        yield f"CREATE POLICY noted ON {name} FOR SELECT USING ({noted})"
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
