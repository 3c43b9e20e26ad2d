"""Documents: parsed and validated once, kept by hash in a bounded cache."""

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping

from graphql import (
    DirectiveNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    StringValueNode,
    VariableNode,
    Visitor,
    parse,
    validate,
    visit,
)

from hub.errors import BadRequest, Code, HubError, Several
from hub.model.personal_code import looks_like_code
from hub.plan.limits import Limits, check_document, check_nesting, check_size, exceeded
from hub.plan.wording import reworded

_DIGITS = 11
_DECIDING = frozenset({"skip", "include"})
_FOUND = re.compile(r"(found \w+) '.*'", re.DOTALL)


class Document:
    """A document that fits the schema and the limits.

    Attributes:
        hash: SHA-256 of its text, hexadecimal.
        node: The parsed document.
        operations: By name; the anonymous one under "".
        conditions: Variables that ``@skip`` and ``@include`` look at, in any operation.
    """

    __slots__ = ("conditions", "hash", "node", "operations")

    def __init__(self, text: str, node: DocumentNode) -> None:
        """Take a validated document."""
        self.hash = hashlib.sha256(text.encode()).hexdigest()
        self.node = node
        self.operations: Mapping[str, OperationDefinitionNode] = {
            definition.name.value if definition.name else "": definition
            for definition in node.definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        self.conditions = _conditions(node)

    def operation(self, name: str | None) -> OperationDefinitionNode:
        """Return the operation to run.

        Raises:
            BadRequest: ``operation_unknown``; ``operation_ambiguous`` when several and no name.
        """
        if name:
            if name not in self.operations:
                raise BadRequest(Code.OPERATION_UNKNOWN)
            return self.operations[name]
        if len(self.operations) > 1:
            raise BadRequest(Code.OPERATION_AMBIGUOUS)
        for operation in self.operations.values():
            return operation
        raise BadRequest(Code.OPERATION_UNKNOWN, "the document holds no operation")


class Documents:
    """Reads documents; the newest ``capacity`` of them are kept."""

    def __init__(
        self, schema: GraphQLSchema, limits: Limits | None = None, capacity: int = 1_000
    ) -> None:
        """Read against ``schema`` under ``limits``."""
        self._schema = schema
        self._limits = limits or Limits()
        self._capacity = capacity
        self._kept: OrderedDict[bytes, Document] = OrderedDict()

    def read(self, text: str) -> Document:
        """Return the document of ``text``, parsed, counted and validated.

        A text with anything shaped like a personal code is refused before it is hashed or kept.

        Raises:
            BadRequest: ``document_too_large``, ``personal_code_literal``, ``limit_exceeded``,
                ``syntax_error``; ``validation_failed``, several of them together.
        """
        check_size(text, self._limits)
        if looks_like_code(text):
            raise BadRequest(Code.PERSONAL_CODE_LITERAL)
        key = hashlib.blake2b(text.encode(), digest_size=16).digest()
        known = self._kept.get(key)
        if known is not None:
            self._kept.move_to_end(key)
            return known
        check_nesting(text, self._limits)
        node = self._parse(text)
        check_document(node, self._limits)
        _refuse_literals(node)
        self._validate(node)
        document = self._kept[key] = Document(text, node)
        if len(self._kept) > self._capacity:
            self._kept.popitem(last=False)
        return document

    def _parse(self, text: str) -> DocumentNode:
        try:
            return parse(text, max_tokens=self._limits.tokens)
        except GraphQLError as error:
            if "Parsing aborted" in error.message:
                raise exceeded(limit="tokens", most=self._limits.tokens) from None
            raise _syntax(error) from None
        except RecursionError:
            raise exceeded(limit="nesting", most=self._limits.nesting) from None

    def _validate(self, node: DocumentNode) -> None:
        errors = validate(self._schema, node, max_errors=self._limits.errors, hide_suggestions=True)
        if errors:
            raise Several([_invalid(error) for error in errors[: self._limits.errors]])
        for definition in node.definitions:
            if isinstance(definition, OperationDefinitionNode) and (
                definition.operation is not OperationType.QUERY
            ):  # pragma: no cover — validation refuses them while the schema has only queries
                raise BadRequest(Code.VALIDATION_FAILED, "only queries are served")


def _syntax(error: GraphQLError) -> HubError:
    return BadRequest(Code.SYNTAX_ERROR, reworded(error), locations=_locations(error))


def _invalid(error: GraphQLError) -> HubError:
    known = (error.extensions or {}).get("code")
    if known == Code.PERSONAL_CODE_LITERAL.code:
        return BadRequest(Code.PERSONAL_CODE_LITERAL)
    if known == Code.DATE_INVALID.code:
        return BadRequest(Code.DATE_INVALID, locations=_locations(error))
    return BadRequest(Code.VALIDATION_FAILED, reworded(error), locations=_locations(error))


def _locations(error: GraphQLError) -> list[dict[str, int]]:
    return [{"line": at.line, "column": at.column} for at in error.locations or ()]


class _Literals(Visitor):
    """Finds literals that, unescaped, are shaped like a personal code."""

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        if looks_like_code(node.value):
            raise BadRequest(Code.PERSONAL_CODE_LITERAL)

    def enter_int_value(self, node: IntValueNode, *_: object) -> None:
        if len(node.value) >= _DIGITS:
            raise BadRequest(Code.PERSONAL_CODE_LITERAL)


def _refuse_literals(node: DocumentNode) -> None:
    visit(node, _Literals())


class _Conditions(Visitor):
    """Finds the variables on which it depends what an operation asks."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: object) -> None:
        if node.name.value in _DECIDING:
            values = [argument.value for argument in node.arguments or ()]
            self.found |= {each.name.value for each in values if isinstance(each, VariableNode)}


def _conditions(node: DocumentNode) -> tuple[str, ...]:
    conditions = _Conditions()
    visit(node, conditions)
    return tuple(sorted(conditions.found))
