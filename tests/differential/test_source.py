"""Nothing a client writes is code: in the generated source it stands in literals, or nowhere."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import Enum
from functools import cache
from typing import Any

import pytest
import strawberry
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLObjectType,
    GraphQLSchema,
    NameNode,
    StringValueNode,
    Visitor,
    get_operation_ast,
    parse,
    print_ast,
    validate,
    visit,
)
from strawberry import UNSET
from strawberry.types import Info

from hub.app import publication
from hub.plan.catalogue import DEFINITION
from hub.plan.compiler import Compiled, compile_operation
from schemas.composition import build
from schemas.person import Registered, answer
from tests.differential.cases import Case, coerced
from tests.differential.dice import Rolled
from tests.differential.names import block_fits
from tests.differential.rolling import maker

CASES = 250
OURS = re.compile(
    r"v\d*|[ceptg]\d+|code|parts|context|each|(part|person)_\d+|missing_\d+_\d+"
    r"|Anomaly|Undefined|isfinite|isinstance|getattr|Exception|list|tuple|str|bool|int|float"
)
"""Every name that generated code may use."""
ATTRIBUTES = {"__class__", "append", "isoformat", "absences"}
SYNTAX = (
    *(ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.Expr),
    *(ast.If, ast.For, ast.Raise, ast.IfExp, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not),
    *(ast.USub, ast.Compare, ast.Is, ast.IsNot, ast.LtE, ast.In, ast.NotIn, ast.Call, ast.Name),
    *(ast.Load, ast.Store, ast.Attribute, ast.Subscript, ast.Constant, ast.Dict, ast.List),
    *(ast.Tuple, ast.ListComp, ast.comprehension),
)
"""All of Python that generated code is made of: no import, no lambda, no text put together."""


class Emptied(ast.NodeTransformer):
    """Takes the text out of every literal."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("") if isinstance(node.value, str) else node


def skeleton(compiled: Compiled) -> str:
    return ast.dump(Emptied().visit(ast.parse(compiled.source)))


def attributes(schema: GraphQLSchema) -> set[str]:
    return {
        definition.python_name
        for kind in schema.type_map.values()
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__")
        for field in kind.fields.values()
        for definition in [field.extensions[DEFINITION]]
    }


def identifiers(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.FunctionDef(name=name) | ast.arg(arg=name):
                yield name
            case _:
                pass


@cache
def cases() -> Sequence[Case]:
    return [maker(number)(Rolled(number)) for number in range(CASES)]


def test_every_name_is_the_generators_or_the_schemas() -> None:
    for case in cases():
        tree = ast.parse(case.compiled().source)
        assert not [node for node in ast.walk(tree) if not isinstance(node, SYNTAX)]
        assert not [name for name in identifiers(tree) if not OURS.fullmatch(name)]
        read = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert read <= ATTRIBUTES | attributes(case.schema)


def test_every_text_is_a_response_name_a_types_name_or_an_attribute() -> None:
    for case in cases():
        tree = ast.parse(case.compiled().source)
        texts = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        known = Keys()
        visit(case.question.node, known)
        assert texts <= known.found | set(case.schema.type_map) | attributes(case.schema)


def test_generated_code_reaches_nothing_but_what_it_is_given() -> None:
    for case in cases():
        for function in case.compiled().shows:
            builtins = function.__globals__["__builtins__"]
            assert all(OURS.fullmatch(name) for name in builtins)
            assert not {"__import__", "eval", "exec", "open", "globals"} & set(builtins)


class Keys(Visitor):
    """Collects response names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.found.add((node.alias or node.name).value)


class Renamed(Visitor):
    """Gives every response name another one, the same everywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, str] = {}

    def leave_field(self, node: FieldNode, *_: object) -> FieldNode:
        key = (node.alias or node.name).value
        name = self.names.setdefault(key, f"zq_{len(self.names)}_{key}")
        return replace(node, alias=NameNode(value=name))


def test_other_aliases_make_other_literals_and_no_other_code() -> None:
    for case in cases():
        renamed: DocumentNode = visit(case.question.node, Renamed())
        other = replace(case, question=replace(case.question, node=renamed)).compiled()
        assert skeleton(other) == skeleton(case.compiled())
        assert other.source != case.compiled().source or "'" not in other.source


@strawberry.enum
class Kind(Enum):
    zqKIND = 1  # noqa: N815 — the mark is looked for


@strawberry.type
class Asked:
    name: str | None


def asked(
    self: Any,  # noqa: ANN401 — Person is composed
    info: Info,
    text: str | None = UNSET,
    kind: Kind | None = UNSET,
) -> Asked | None:
    found: Asked | None = answer(self, info, "asked", text=text, kind=kind)
    return found


ASKED = Registered(register="asked", resolver=asked, en="Asked", lv="jautāts")
HOSTILE = (
    "__import__('os').system('true')",
    "'''",
    '"""',
    "\\",
    "\\'",
    "\n\nimport os\n",
    "{__import__('os')} %s {0}",
    "\u2028\u2029\x85",
    "\\N{BULLET}",
    "'] + [exit()] + ['",
    "\ufb01 \u210c ā 🇱🇻",
)
MARKED = """
query zqOperation($zqVariable: PersonalCode!, $zqText: String = %(text)s) {
  zqRoot: person(personalCode: $zqVariable) {
    ...zqFragment
    asked(text: %(text)s, kind: zqKIND) { zqLeaf: name }
    zqOther: asked(text: $zqText) { name }
  }
}
fragment zqFragment on Person { zqAgain: asked(text: %(block)s, kind: zqKIND) { zqLeaf: name } }
"""


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_of_arguments_are_no_part_of_the_source(text: str) -> None:
    schema: GraphQLSchema = build([ASKED])._schema
    marked = f"zq{text}"
    literal = print_ast(StringValueNode(value=marked))
    block = print_ast(StringValueNode(value=marked, block=True)) if block_fits(marked) else literal
    document = parse(MARKED % {"text": literal, "block": block})
    assert not validate(schema, document)
    operation = get_operation_ast(document)
    assert operation is not None
    variables = coerced(schema, operation, {"zqVariable": "161175-19997"})
    compiled = compile_operation(schema, document, operation, variables)
    tree = ast.parse(compiled.source)
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert {each for each in texts if "zq" in each} == {"zqLeaf", "zqOther", "zqAgain"}
    assert "zq" not in ast.unparse(Emptied().visit(tree))
    assert [part.arguments(variables)["text"] for part in compiled.parts] == [marked] * 3


QUERY = "query($c: PersonalCode!) { person(personalCode: $c) { %s: personalCode } }"


def test_a_long_name_is_a_long_literal() -> None:
    name = "L" * 10_000
    schema = publication.schema()
    document = parse(
        f"query($c: PersonalCode!) {{ person(personalCode: $c) {{ {name}: personalCode }} }}"
    )
    operation = get_operation_ast(document)
    assert operation is not None
    variables = coerced(schema, operation, {"c": "161175-19997"})
    source = compile_operation(schema, document, operation, variables).source
    assert source.count(name) == source.count(repr(name)) == 1
