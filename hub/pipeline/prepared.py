"""What is the same for every request with one plan under one agreement: worked out once."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from graphql import GraphQLSchema
from graphql.execution.values import VariableValues

from hub.errors import Code, HubError, Refused
from hub.model.agreement import Operation
from hub.model.caller import Caller
from hub.model.catalogue import FieldId
from hub.model.decision import Permit, Verdict
from hub.model.personal_code import PersonalCode
from hub.plan.arguments import Arguments, read_arguments, variables_in
from hub.plan.catalogue import kinds_of_data
from hub.plan.compiler import Compiled, Unsupported, compile_operation
from hub.plan.operation import SUBJECT_ROOTS, Plan
from hub.plan.tree import Root
from hub.policy.engine import readdressed
from hub.ports import Connector, PolicyEngine

_CAPACITY: Final = 128
_CAPACITY_CHARACTERS: Final = 48_000
"""Of the texts of what is prepared: compiled, each character takes about 50 bytes."""

Show: TypeAlias = Callable[[object], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One register field of the operation, as far as no request changes it.

    Attributes:
        root: Position among the roots that ask about persons.
        leaves: Granted leaves asked below it. ``needs``: those that must be fetched for them.
        place, show: As of ``hub.assemble.answers.Part``.
    """

    register: str
    arguments: Arguments
    root: int
    leaves: frozenset[FieldId]
    needs: frozenset[FieldId]
    place: int
    show: Show | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """A plan under an agreement: decided, compiled, and counted out by register.

    Never equal to another, so that what was made under one decision is not taken for another's.

    Attributes:
        compiled: None where graphql-core executes.
        roots: Arguments of the roots that ask about persons, in order.
        columns: By register, of all its questions.
        periods: Variables in the arguments of registers' fields.
        resting: Registers some of whose answers rest on consent alone.
        fields, denied, categories: As entries of the access log tell them.
        told: Errors for leaves answered with null.
        bound: What was bound to arguments before; whoever adds to it bounds it.
        mark: As of ``hub.pipeline.bound.Bound``.
    """

    plan: Plan
    edition: object
    permit: Permit
    compiled: Compiled | None
    roots: Sequence[Arguments]
    questions: Sequence[Question]
    columns: Mapping[str, frozenset[str]]
    periods: tuple[str, ...]
    resting: frozenset[str]
    fields: tuple[FieldId, ...]
    denied: tuple[tuple[str, str], ...]
    categories: tuple[str, ...]
    told: tuple[HubError, ...]
    bound: dict[object, object] = field(default_factory=dict)
    mark: object = field(default_factory=object)

    def permit_of(self, caller: Caller, operation_id: str) -> Permit:
        """Return the permit of an operation whose caller is under the same agreement."""
        return readdressed(self.permit, caller, operation_id)

    def codes(self, variables: VariableValues) -> list[Sequence[PersonalCode]]:
        """Return the codes asked under every root about persons."""
        return [_codes(arguments(variables)) for arguments in self.roots]


class Preparations:
    """Prepares plans; those used last are kept.

    Nothing of a person is kept: neither variables nor what the caller asserts.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        connectors: Mapping[str, Connector],
        policy: PolicyEngine,
        *,
        planner: bool = True,
        capacity: int = _CAPACITY,
        capacity_characters: int = _CAPACITY_CHARACTERS,
    ) -> None:
        """Prepare for ``schema``; ``planner`` off leaves all execution to graphql-core."""
        self._schema = schema
        self._connectors = connectors
        self._policy = policy
        self._planner = planner
        self._capacity = capacity
        self._capacity_characters = capacity_characters
        self._characters = 0
        self._kept: OrderedDict[tuple[int, int, str, str], Prepared] = OrderedDict()

    def prepare(
        self, plan: Plan, variables: VariableValues, caller: Caller, action: Operation
    ) -> Prepared:
        """Return what is known of ``plan`` under the caller's agreement.

        Raises:
            Refused: As ``PolicyEngine.decide``; so ``Several``.
            ServiceUnavailable: ``policy_unavailable``.
        """
        edition = self._policy.edition()
        # both objects are held by what is kept, so no other can have their identities meanwhile
        key = (id(plan), id(edition), caller.agreement.hash, action)
        known = self._kept.get(key)
        if known is not None:
            self._kept.move_to_end(key)
            return known
        permit = self._policy.decide(_unsaid(caller), plan.fields, action)
        known = self._kept[key] = self._prepared(plan, variables, permit, edition)
        self._characters += plan.document.characters
        while len(self._kept) > self._capacity or self._characters > self._capacity_characters:
            _, oldest = self._kept.popitem(last=False)
            self._characters -= oldest.plan.document.characters
        return known

    def _prepared(
        self, plan: Plan, variables: VariableValues, permit: Permit, edition: object
    ) -> Prepared:
        decided = self._policy.decisions(permit.caller)
        compiled = self._compiled(plan, variables, permit)
        asked = _planned(compiled, permit) if compiled else _read(plan, permit)
        questions = [_question(each, decided.reach) for each in asked]
        registers = sorted({each.register for each in questions})
        return Prepared(
            plan=plan,
            edition=edition,
            permit=permit,
            compiled=compiled,
            roots=_roots(compiled, plan),
            questions=questions,
            columns={
                register: self._connectors[register].columns(_needs(questions, register))
                for register in registers
            },
            periods=tuple(sorted(set(_named(plan)))),
            resting=frozenset(each.register for each in questions if each.needs & decided.residual),
            fields=tuple(sorted(permit.granted)),
            denied=tuple((verdict.field, verdict.rule) for verdict in permit.withheld),
            categories=kinds_of_data(self._schema, permit.granted, permit.value_classes),
            told=tuple(_withheld(verdict) for verdict in permit.withheld),
        )

    def _compiled(self, plan: Plan, variables: VariableValues, permit: Permit) -> Compiled | None:
        if not self._planner:
            return None
        denied = {verdict.field for verdict in permit.withheld}
        try:
            found = compile_operation(
                self._schema,
                plan.document.node,
                plan.operation,
                variables,
                denied,
                at_once=False,
            )
        except Unsupported:
            return None
        # INVARIANT: only what policy has judged is assembled, whoever reads the document
        return found if found.tree.ids == plan.fields else None


def _unsaid(caller: Caller) -> Caller:
    """Return the caller without anything that this request alone says."""
    return Caller(client=replace(caller.client, person=None), agreement=caller.agreement)


def _roots(compiled: Compiled | None, plan: Plan) -> Sequence[Arguments]:
    """Return how the codes of every root are bound; the same roots that questions number.

    A compiled operation has merged those of one response name, which ``plan`` has not.
    """
    if compiled:
        return [root.arguments for root in compiled.tree.roots if isinstance(root, Root)]
    return [
        read_arguments(root.definition, root.node)
        for root in plan.roots
        if root.kind in SUBJECT_ROOTS
    ]


_Asked: TypeAlias = tuple[str, Arguments, int, frozenset[FieldId], int, Show | None]


def _planned(compiled: Compiled, permit: Permit) -> Sequence[_Asked]:
    roots = [root for root in compiled.tree.roots if isinstance(root, Root)]
    return [
        (
            part.register,
            part.arguments,
            number,
            part.leaves & permit.granted,
            part.place,
            compiled.shows[part.place],
        )
        for number, root in enumerate(roots)
        for part in root.parts
    ]


def _read(plan: Plan, permit: Permit) -> Sequence[_Asked]:
    about = [root for root in plan.roots if root.kind in SUBJECT_ROOTS]
    asked = [each for each in plan.occurrences if each.ids & permit.granted]
    return [
        (
            each.register,
            read_arguments(each.definition, each.node),
            next(at for at, root in enumerate(about) if root is each.root),
            each.ids & permit.granted,
            place,
            None,
        )
        for place, each in enumerate(asked)
    ]


def _question(asked: _Asked, reach: frozenset[FieldId]) -> Question:
    register, arguments, root, leaves, place, show = asked
    return Question(
        register=register,
        arguments=arguments,
        root=root,
        leaves=leaves,
        needs=_needed(register, leaves, reach),
        place=place,
        show=show,
    )


def _named(plan: Plan) -> Iterator[str]:
    for each in plan.occurrences:
        yield from variables_in(each.node)


def _needed(
    register: str, leaves: frozenset[FieldId], reach: frozenset[FieldId]
) -> frozenset[FieldId]:
    """Return the leaves to fetch for ``leaves``.

    A question for provenance alone is answered from all that the agreement reaches, so that
    existence tells of nothing else.
    """
    return (leaves & reach) or frozenset(each for each in reach if each.startswith(f"{register}."))


def _needs(questions: Sequence[Question], register: str) -> frozenset[FieldId]:
    return frozenset().union(*(each.needs for each in questions if each.register == register))


def _codes(arguments: Mapping[str, Any]) -> Sequence[PersonalCode]:
    several: Sequence[PersonalCode] | None = arguments.get("personalCodes")
    return (arguments["personalCode"],) if several is None else several


def _withheld(verdict: Verdict) -> Refused:
    code = (
        Code.FIELD_FORBIDDEN if verdict.code == "field_forbidden" else Code.FIELD_NOT_IN_AGREEMENT
    )
    reason = {"en": verdict.en, "lv": verdict.lv}
    return Refused(code, field=verdict.field, rule=verdict.rule, reason=reason)
