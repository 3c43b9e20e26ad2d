"""Documents: parsed and validated once, kept by hash in a bounded cache."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    OverlappingFieldsCanBeMergedRule,
    Token,
    TokenKind,
    parse,
    specified_rules,
    validate,
)
from graphql.execution.values import VariableValues

from hub.errors import BadRequest, Code, HubError, Several
from hub.model.personal_code import looks_like_code
from hub.plan.limits import Limits, check_document, check_nesting, check_size, exceeded
from hub.plan.variables import Coercion
from hub.plan.wording import reworded

Rules: TypeAlias = tuple[type[ASTValidationRule], ...]

_DIGITS: Final = 11
_DECIDING: Final = frozenset({"skip", "include"})
_TEXTS: Final = frozenset({TokenKind.STRING, TokenKind.BLOCK_STRING})
_RULES: Final[Rules] = tuple(specified_rules)
# where no response name stands twice at one place, no two fields can contradict each other
_RULES_WITHOUT_REPEATS: Final[Rules] = tuple(
    rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule
)


CHARACTERS_KEPT: Final = 48_000
"""Of the texts of all documents kept; parsed, each character takes about 70 bytes."""


class Document:
    """A document that fits the schema and the limits.

    Attributes:
        hash: SHA-256 of its text, hexadecimal.
        characters: Of its text: what is kept of it takes room in proportion.
        node: The parsed document.
        operations: By name; the anonymous one under "".
        conditions: Variables that ``@skip`` and ``@include`` look at, in any operation.
    """

    __slots__ = ("_coercions", "characters", "conditions", "hash", "node", "operations")

    def __init__(self, text: str, node: DocumentNode) -> None:
        """Take a validated document."""
        self.hash = hashlib.sha256(text.encode()).hexdigest()
        self.characters = len(text)
        self.node = node
        self.operations: Mapping[str, OperationDefinitionNode] = {
            definition.name.value if definition.name else "": definition
            for definition in node.definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        self.conditions = _conditions(node)
        self._coercions: dict[str, Coercion] = {}

    def coerce(
        self, schema: GraphQLSchema, operation: OperationDefinitionNode, sent: Mapping[str, Any]
    ) -> VariableValues:
        """Return the variables of one of the document's operations; see ``variables.coerce``."""
        name = operation.name.value if operation.name else ""
        known = self._coercions.get(name)
        if known is None:
            known = self._coercions[name] = Coercion(schema, operation)
        return known.read(sent)

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
    """Reads documents; the newest of them are kept, by their text."""

    def __init__(
        self,
        schema: GraphQLSchema,
        limits: Limits | None = None,
        *,
        capacity: int = 128,
        capacity_characters: int = CHARACTERS_KEPT,
    ) -> None:
        """Read against ``schema`` under ``limits``.

        Args:
            schema: What is published.
            limits: The defaults when None.
            capacity: Most documents kept.
            capacity_characters: Most characters of text of all documents kept.
        """
        self._schema = schema
        self._limits = limits or Limits()
        self._capacity = capacity
        self._capacity_characters = capacity_characters
        self._kept: OrderedDict[str, Document] = OrderedDict()
        self._characters = 0

    def read(self, text: str) -> Document:
        """Return the document of ``text``, parsed, counted and validated.

        A text with anything shaped like a personal code is refused before it is hashed or kept,
        so a known text needs no second look.

        Raises:
            BadRequest: ``document_too_large``, ``personal_code_literal``, ``limit_exceeded``,
                ``syntax_error``; ``validation_failed``, several of them together.
        """
        if len(text) > self._limits.document_bytes:
            check_size(text, self._limits)
        known = self._kept.get(text)
        if known is not None:
            self._kept.move_to_end(text)
            return known
        check_size(text, self._limits)
        if looks_like_code(text):
            raise BadRequest(Code.PERSONAL_CODE_LITERAL)
        document = self._fresh(text)
        self._keep(text, document)
        return document

    def _fresh(self, text: str) -> Document:
        check_nesting(text, self._limits)
        node = self._parse(text)
        repeats = check_document(node, self._limits)
        _refuse_literals(node)
        self._validate(node, _RULES if repeats > 1 else _RULES_WITHOUT_REPEATS)
        _unlink(node)
        return Document(text, node)

    def _keep(self, text: str, document: Document) -> None:
        self._kept[text] = document
        self._characters += len(text)
        while len(self._kept) > self._capacity or self._characters > self._capacity_characters:
            oldest, _ = self._kept.popitem(last=False)
            self._characters -= len(oldest)

    def _parse(self, text: str) -> DocumentNode:
        try:
            return parse(text, max_tokens=self._limits.tokens)
        except GraphQLError as error:
            if "Parsing aborted" in error.message:
                raise exceeded(limit="tokens", most=self._limits.tokens) from None
            raise _syntax(error) from None
        except RecursionError:
            raise exceeded(limit="nesting", most=self._limits.nesting) from None

    def _validate(self, node: DocumentNode, rules: Rules) -> None:
        errors = validate(
            self._schema, node, rules, max_errors=self._limits.errors, hide_suggestions=True
        )
        if errors:
            raise Several([_invalid(error) for error in errors[: self._limits.errors]])
        for definition in node.definitions:
            if isinstance(definition, OperationDefinitionNode) and (
                definition.operation is OperationType.SUBSCRIPTION
            ):  # pragma: no cover — validation refuses them while the schema has none
                raise BadRequest(Code.VALIDATION_FAILED, "subscriptions are not served")


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


def _refuse_literals(node: DocumentNode) -> None:
    """Refuse literals that, unescaped, are shaped like a personal code; every token is looked at.

    Raises:
        BadRequest: ``personal_code_literal``.
    """
    token: Token | None = node.loc.start_token if node.loc else None
    while token is not None:
        kind, value = token.kind, token.value or ""
        if (kind in _TEXTS and looks_like_code(value)) or (
            kind is TokenKind.INT and len(value) >= _DIGITS
        ):
            raise BadRequest(Code.PERSONAL_CODE_LITERAL)
        token = token.next


def _unlink(node: DocumentNode) -> None:
    """Let tokens know no longer what was before them: in no circle, a document goes at once.

    Otherwise it waits for the collector, which looks at what has lived long very seldom.
    """
    token: Token | None = node.loc.start_token if node.loc else None
    while token is not None:
        token.prev = None
        token = token.next


def _conditions(node: DocumentNode) -> tuple[str, ...]:
    """Return the variables on which it depends what an operation asks, sorted.

    In a validated document a directive's arguments are plain: what stands between its brackets
    are names, and the variable it looks at.
    """
    found: set[str] = set()
    token: Token | None = node.loc.start_token if node.loc else None
    while token is not None:
        if token.kind is TokenKind.AT:
            token = token.next
            if token is not None and token.value in _DECIDING:
                found |= _looked_at(token)
        token = token.next if token is not None else None
    return tuple(sorted(found))


def _looked_at(directive: Token) -> set[str]:
    """Return the variable between the brackets of ``@skip`` or ``@include``."""
    found: set[str] = set()
    token = directive.next
    while token is not None and token.kind is not TokenKind.PAREN_R:
        if token.kind is TokenKind.DOLLAR and token.next is not None:
            found.add(token.next.value or "")
        token = token.next
    return found
