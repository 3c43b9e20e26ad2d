"""One case: a schema, a question, rows and denied leaves; and how it is judged."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any, Final

from graphql import (
    FieldNode,
    GraphQLSchema,
    OperationDefinitionNode,
    Visitor,
    execute_sync,
    get_operation_ast,
    visit,
)
from graphql.execution.values import VariableValues, get_variable_values

from hub.app import publication
from hub.model.catalogue import FieldId
from hub.model.evidence import Absence, AbsenceCode
from hub.plan.catalogue import DEFINITION
from hub.plan.compiler import Anomaly, Compiled, compile_operation
from tests.differential.composed import composed
from tests.differential.dice import Dice, chance, pick
from tests.differential.documents import Question, ask
from tests.differential.names import CODES
from tests.differential.reference import Outcome, Told, alone, leaves, refer, told
from tests.differential.relation import disagreements, exactly, text
from tests.differential.rows import Rows
from tests.differential.standin import Raised, StandIn

_SCHEMAS: Final = 12

_SPOILS: Final = (0, 0, 2, 2, 8, 25)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What both sides are given.

    Attributes:
        other: The same operation over other rows, with other variables that decide nothing.
    """

    schema: GraphQLSchema
    question: Question
    variables: VariableValues
    context: StandIn
    denied: frozenset[str]
    spoilt: bool
    other: "Case | None" = None

    @property
    def operation(self) -> OperationDefinitionNode:
        """The operation asked."""
        found = get_operation_ast(self.question.node, self.question.operation)
        assert found is not None
        return found

    def compiled(self) -> Compiled:
        """Return the plan."""
        return compile_operation(
            self.schema,
            self.question.node,
            self.operation,
            self.variables,
            frozenset(FieldId(each) for each in self.denied),
        )

    def reference(self) -> Outcome:
        """Return what graphql-core answers."""
        return refer(
            self.schema,
            self.question.node,
            self.question.operation,
            self.question.variables,
            self.variables,
            self.context,
            denied=self.denied,
        )

    def possible(self, error: Told) -> bool:
        """Tell whether graphql-core tells ``error`` when only its path is asked."""
        if error.path is None:
            return False
        document = alone(self.question.node, self.operation, error.path)
        result: Any = execute_sync(
            self.schema,
            document,
            None,
            self.context,
            dict(self.question.variables),
            hide_suggestions=True,
        )
        return error in told(result.errors)

    def __str__(self) -> str:
        """Tell all that is needed to see it again."""
        question = self.question
        return (
            f"{question.text}\n"
            f"operation {question.operation!r} variables {json.dumps(dict(question.variables))}\n"
            f"denied {sorted(self.denied)}\nrows {_shown(self.context.pools)}\n"
            f"failing {sorted(self.context.failing)} missing {self.context.missing}"
        )


def judged(
    case: Case, seen: Counter[str] | None = None, compiled: Compiled | None = None
) -> list[str]:
    """Return what is wrong with the planner's answer.

    Args:
        case: What is asked, over which rows.
        seen: Counts what was met.
        compiled: A plan made for another case of the same operation.
    """
    seen = Counter() if seen is None else seen
    plan = compiled or case.compiled()
    theirs = case.reference()
    data, errors = plan.exact(case.context, case.variables)
    ours = Outcome(data, told(errors))
    found = [f"exact {each}" for each in disagreements(theirs, ours, case.possible)]
    found += exactly(theirs, ours)
    found += _judged_ids(case, plan)
    seen["errors"] += bool(theirs.errors)
    seen["denied"] += bool(case.denied)
    seen["no data"] += theirs.data is None
    seen["planned before"] += compiled is not None
    result = plan.run(case.context, case.variables)
    if text(result.data) != text(data) or told(result.errors) != ours.errors:
        found.append(f"run differs from exact: {text(result.data)} {result.errors}")
    found += _quick(case, plan, ours, seen)
    if case.other is not None:
        found += [f"planned before: {each}" for each in judged(case.other, seen, plan)]
    return found


def _judged_ids(case: Case, plan: Compiled) -> list[str]:
    """Return what is wrong with the ids that policy is asked about."""
    asked = {
        leaf.id for leaf in leaves(case.schema, case.question.node, case.operation, case.variables)
    }
    found = []
    if plan.tree.ids != asked:
        found.append(f"ids: {sorted(asked ^ plan.tree.ids)}")
    found += [
        f"leaves of {part.register}: {sorted(part.leaves)}"
        for part in plan.parts
        if not part.leaves or not part.leaves.isdisjoint(case.denied) or part.leaves - asked
    ]
    return found


def _quick(case: Case, plan: Compiled, exact: Outcome, seen: Counter[str]) -> list[str]:
    """Return what is wrong with the optimistic pass: generated code, and what runs before it."""
    found = []
    for name, each in (("generated", plan), ("eager", Compiled(plan.tree))):
        try:
            data = each.optimistic(case.context, case.variables)
        except Anomaly:
            if not case.spoilt:
                found.append(f"{name}: fails over right rows")
            continue
        seen["optimistic"] += 1
        if text(data) != text(exact.data):
            found.append(f"{name}: {text(data)}\n  exact: {text(exact.data)}")
        if exact.errors:
            found.append(f"{name}: sees nothing of {exact.errors}")
    return found


# -- making -------------------------------------------------------------------------------------


def published_case(dice: Dice) -> Case:
    """Return a case over the published schema."""
    return made(dice, publication.schema())


def composed_case(dice: Dice) -> Case:
    """Return a case over one of a few random schemas."""
    return made(dice, composed(dice.below(_SCHEMAS)))


def made(dice: Dice, schema: GraphQLSchema) -> Case:
    """Return a case over ``schema``, composed as ``schemas.person`` composes it."""
    question = ask(dice, schema)
    operation = get_operation_ast(question.node, question.operation)
    assert operation is not None
    variables = coerced(schema, operation, question.variables)
    denied: frozenset[str] = frozenset()
    if chance(dice, 40):
        often = pick(dice, (10, 30, 60))
        found = leaves(schema, question.node, operation, variables)
        denied = frozenset(
            each
            for each in dict.fromkeys(leaf.id for leaf in found)
            if _deniable(schema, each) and chance(dice, often)
        )
    case = _over_rows(dice, schema, question, variables, denied)
    if not chance(dice, 20):
        return case
    second = replace(question, variables=question.others)
    others = coerced(schema, operation, question.others)
    return replace(case, other=_over_rows(dice, schema, second, others, denied))


def coerced(
    schema: GraphQLSchema, operation: OperationDefinitionNode, sent: Mapping[str, Any]
) -> VariableValues:
    """Return variables as graphql-core coerces them."""
    found = get_variable_values(schema, operation.variable_definitions or (), dict(sent))
    assert isinstance(found, VariableValues), found
    return found


def _over_rows(
    dice: Dice,
    schema: GraphQLSchema,
    question: Question,
    variables: VariableValues,
    denied: frozenset[str],
) -> Case:
    spoilt = pick(dice, _SPOILS)
    return Case(
        schema=schema,
        question=question,
        variables=variables,
        context=context(dice, schema, question, spoilt),
        denied=denied,
        spoilt=bool(spoilt),
    )


def context(dice: Dice, schema: GraphQLSchema, question: Question, spoilt: int) -> StandIn:
    """Return rows for what ``question`` asks."""
    names = _Names()
    visit(question.node, names)
    rows = Rows(dice, names.found, spoilt=spoilt)
    pools = {
        register: [_part(dice, rows, kind, spoilt) for _ in range(1 + dice.below(3))]
        for name, register, kind in _registers(schema)
        if name in names.found
    }
    return StandIn(
        pools=pools,
        failing=frozenset(register for register in pools if chance(dice, 10)),
        missing=[
            [_absence(dice, spoilt) for _ in range(dice.below(3))] for _ in range(1 + dice.below(2))
        ],
        same={CODES[1]: CODES[0]} if chance(dice, 20) else {},
    )


def _part(dice: Dice, rows: Rows, kind: Any, spoilt: int) -> object:  # noqa: ANN401 — an output type
    if spoilt and chance(dice, 3):
        return Raised(error=RuntimeError("nothing to read"))
    return rows.of(kind)


def _absence(dice: Dice, spoilt: int) -> Absence:
    seconds: Any = pick(dice, ("soon", 2**40, 1.5)) if chance(dice, spoilt) else 30
    unknown: Any = SimpleNamespace(name="NEW")
    return Absence(
        register=pick(dice, (None, "disability", 'quo"te')),
        code=unknown if chance(dice, spoilt // 3) else pick(dice, list(AbsenceCode)),
        retry_after_s=pick(dice, (None, seconds)),
        known_as_of=pick(dice, (None, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))),
    )


@cache
def _registers(schema: GraphQLSchema) -> tuple[tuple[str, str, Any], ...]:
    person: Any = schema.type_map["Person"]
    return tuple(
        (name, field.extensions[DEFINITION].metadata["register"], field.type)
        for name, field in person.fields.items()
        if "register" in field.extensions[DEFINITION].metadata
    )


def _deniable(schema: GraphQLSchema, leaf: str) -> bool:
    """Tell whether a leaf may be denied: one below a register that may be null, and not free."""
    name, *below = leaf.split(".")
    registers = {each for each, _, _ in _registers(schema)}
    return name in registers and below[0] != "provenance"


class _Names(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self.found.add(node.name.value)


def _shown(value: object, depth: int = 0) -> object:
    """Return rows so that they can be read."""
    if isinstance(value, Mapping):
        return {key: _shown(each, depth) for key, each in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_shown(each, depth) for each in value]
    if hasattr(type(value), "__strawberry_definition__") and hasattr(value, "__dict__"):
        return {type(value).__name__: _shown(vars(value), depth + 1)}
    return repr(value)
