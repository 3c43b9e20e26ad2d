"""Which directives a document has."""

from typing import Final

from graphql import DocumentNode, TokenKind

_CONDITIONS: Final = frozenset({"skip", "include"})


def only_conditions(document: DocumentNode) -> bool:
    """Tell whether ``document`` has no directives but ``@skip`` and ``@include``.

    Looks at the text's own tokens: walking the nodes would cost as much as reading them. A document
    without tokens tells nothing, so it is not believed.
    """
    token = document.loc.start_token if document.loc else None
    if token is None:
        return False
    while token is not None:
        if token.kind is TokenKind.AT and (
            token.next is None or token.next.value not in _CONDITIONS
        ):
            return False
        token = token.next
    return True
