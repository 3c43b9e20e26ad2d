"""The operation planner: a document compiled once, assembled again and again.

Source: PERFORMANCE.md section 4; decision 0901.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, TypeAlias

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution.values import VariableValues

from hub.model.catalogue import FieldId
from hub.model.personal_code import PersonalCode
from hub.plan.exact import Exact
from hub.plan.generated import Anomaly, generate
from hub.plan.tree import Constant, Part, Root, Tree, Unsupported, read_tree
from hub.ports import Answers

__all__ = ["Anomaly", "Compiled", "Part", "Root", "Unsupported", "compile_operation"]

Show: TypeAlias = Callable[[object], object]
"""From a published object to what stands in the answer; raises anything where it may not."""
PersonOf: TypeAlias = Callable[[PersonalCode, Sequence[object], Answers], dict[str, Any]]
"""From a code asked, the values of the root's parts in order, and what is missing, to a person."""

_FILE: Final = "<plan>"


class Compiled:
    """One operation, for one set of Booleans and of denied leaves; holds no personal data.

    Attributes:
        tree: What is selected.
        source: The generated Python source.
        shows: By place of the part.
        people: By place of the root; None for ``__typename``.
    """

    __slots__ = ("people", "shows", "source", "tree")

    def __init__(self, tree: Tree) -> None:
        """Generate and compile."""
        self.tree = tree
        generated = generate(tree)
        self.source = generated.text
        names: dict[str, Any] = {"__builtins__": _BUILTINS, **generated.names}
        exec(compile(self.source, _FILE, "exec"), names)  # noqa: S102 — client text enters as literals alone
        self.shows: tuple[Show, ...] = tuple(names[f"part_{each.place}"] for each in tree.parts)
        self.people: tuple[PersonOf | None, ...] = tuple(
            names[f"person_{number}"] if isinstance(root, Root) else None
            for number, root in enumerate(tree.roots)
        )

    @property
    def parts(self) -> tuple[Part, ...]:
        """Registers' fields, by place."""
        return self.tree.parts

    def codes(self, root: Root, answers: Answers, variables: VariableValues) -> list[PersonalCode]:
        """Return the codes that a root's answer has an object for, in order."""
        arguments = root.arguments(variables)
        if root.kind == "person":
            return [arguments["personalCode"]]
        return answers.distinct(arguments["personalCodes"])

    def joined(
        self,
        answers: Answers,
        variables: VariableValues,
        values: Callable[[Sequence[int], PersonalCode], Sequence[object]],
    ) -> dict[str, Any]:
        """Return the answer's data from ``values``: of parts by place, for one person."""
        data: dict[str, Any] = {}
        for root, person in zip(self.tree.roots, self.people, strict=True):
            if person is None or isinstance(root, Constant):
                assert isinstance(root, Constant)  # noqa: S101 — one function per root
                data[root.key] = root.value
                continue
            places = [part.place for part in root.parts]
            people = [
                person(code, values(places, code), answers)
                for code in self.codes(root, answers, variables)
            ]
            data[root.column.key] = people[0] if root.kind == "person" else people
        return data

    def optimistic(self, context: Answers, variables: VariableValues) -> dict[str, Any]:
        """Return the answer's data.

        Raises:
            Anomaly: The exact pass must tell.
        """
        try:
            bound = [part.arguments(variables) for part in self.parts]

            def values(places: Sequence[int], code: PersonalCode) -> list[object]:
                return [
                    None if published is None else self.shows[place](published)
                    for place in places
                    for published in [context.part(code, self.parts[place].register, bound[place])]
                ]

            return self.joined(context, variables, values)
        except Exception as odd:  # whatever it is, the exact pass tells it
            raise Anomaly from odd

    def exact(
        self, context: Answers, variables: VariableValues
    ) -> tuple[dict[str, Any] | None, list[GraphQLError]]:
        """Return data and errors as the specification demands.

        Raises:
            Unsupported: An argument cannot be bound; graphql-core tells what is wrong with it.
        """
        try:
            bound = [part.arguments(variables) for part in self.parts]
            codes: Mapping[str, Sequence[PersonalCode]] = {
                root.column.key: self.codes(root, context, variables)
                for root in self.tree.roots
                if isinstance(root, Root)
            }
        except GraphQLError as wrong:
            raise Unsupported from wrong
        reading = Exact(
            lambda code, part: context.part(code, part.register, bound[part.place]),
            context.absences,
        )
        return reading.operation(self.tree.roots, codes), reading.errors

    def run(self, context: Answers, variables: VariableValues) -> ExecutionResult:
        """Return the result: the optimistic pass's, or else the exact one's."""
        try:
            return ExecutionResult(self.optimistic(context, variables), None)
        except Anomaly:
            data, errors = self.exact(context, variables)
            return ExecutionResult(data, errors or None)


def compile_operation(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: VariableValues,
    denied: Collection[FieldId] = (),
) -> Compiled:
    """Compile ``operation``; of ``variables`` only those of ``@skip`` and ``@include`` matter.

    Args:
        schema: What is published.
        document: Valid for ``schema``.
        operation: One of its operations.
        variables: Coerced.
        denied: Leaves answered with null at the nearest place that may be null.

    Raises:
        Unsupported: Plans do not cover it.
    """
    return Compiled(read_tree(schema, document, operation, variables, frozenset(denied)))


_BUILTINS: Final = {
    known.__name__: known
    for known in (isinstance, getattr, Exception, list, tuple, str, bool, int, float)
}
"""All that generated code may use of Python's own."""
