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
from hub.plan.eager import WORTH, part_reader, person_reader
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


class _Code:
    """A plan's functions: read from the tree at first, generated when they prove to be used."""

    __slots__ = ("_made", "_tree", "_uses")

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._uses = 0
        self._made: dict[str, Any] | None = None

    @property
    def source(self) -> str:
        return generate(self._tree).text

    def function(self, name: str, reader: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that is ``reader`` until the generated ``name`` takes its place."""
        made: Callable[..., Any] | None = None

        def run(*arguments: Any) -> Any:  # noqa: ANN401 — either function's own
            nonlocal made
            if made is None:
                self._uses += 1
                if self._uses <= WORTH:
                    return reader(*arguments)
                made = self.names()[name]
            return made(*arguments)

        return run

    def names(self) -> dict[str, Any]:
        """Return the generated functions by name."""
        if self._made is None:
            generated = generate(self._tree)
            names = {"__builtins__": _BUILTINS, **generated.names}
            exec(compile(generated.text, _FILE, "exec"), names)  # noqa: S102 — client text enters as literals alone
            self._made = names
        return self._made


class Compiled:
    """One operation, for one set of Booleans and of denied leaves; holds no personal data.

    Attributes:
        tree: What is selected.
        shows: By place of the part.
        people: By place of the root; None for ``__typename``.
    """

    __slots__ = ("_code", "people", "shows", "tree")

    def __init__(self, tree: Tree) -> None:
        """Take what is selected; code is generated when it proves worth it."""
        self.tree = tree
        code = self._code = _Code(tree)
        self.shows: tuple[Show, ...] = tuple(
            code.function(f"part_{each.place}", part_reader(each)) for each in tree.parts
        )
        self.people: tuple[PersonOf | None, ...] = tuple(
            code.function(f"person_{number}", person_reader(root))
            if isinstance(root, Root)
            else None
            for number, root in enumerate(tree.roots)
        )

    @property
    def source(self) -> str:
        """The generated Python source."""
        return self._code.source

    def hasten(self) -> None:
        """Generate the code now; whoever calls knows that the document will be used."""
        code = self._code.names()
        self.shows = tuple(code[f"part_{each.place}"] for each in self.tree.parts)
        self.people = tuple(
            code[f"person_{number}"] if isinstance(root, Root) else None
            for number, root in enumerate(self.tree.roots)
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
    *,
    at_once: bool = True,
) -> Compiled:
    """Compile ``operation``; of ``variables`` only those of ``@skip`` and ``@include`` matter.

    Args:
        schema: What is published.
        document: Valid for ``schema``.
        operation: One of its operations.
        variables: Coerced.
        denied: Leaves answered with null at the nearest place that may be null.
        at_once: Generate code now, not when the operation proves to be used again and again.

    Raises:
        Unsupported: Plans do not cover it.
    """
    compiled = Compiled(read_tree(schema, document, operation, variables, frozenset(denied)))
    if at_once:
        compiled.hasten()
    return compiled


_BUILTINS: Final = {
    known.__name__: known
    for known in (isinstance, getattr, Exception, list, tuple, str, bool, int, float)
}
"""All that generated code may use of Python's own."""
