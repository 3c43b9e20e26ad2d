"""The Cedar permit that each agreement becomes."""

import json
from collections.abc import Iterator

from hub.model.agreement import Agreement, Operation
from hub.model.catalogue import Catalogue, FieldId

ACTIONS = (Operation.RECORD, Operation.STATUS, Operation.CHANGES)
"""Operations that Cedar decides; ``batch`` only bounds how many persons one request names."""


def rule_of(agreement: Agreement) -> str:
    """Return the rule id under which an agreement grants: number and revision."""
    return f"{agreement.number}/{agreement.revision}"


def permit_of(agreement: Agreement, catalogue: Catalogue) -> str:
    """Return the Cedar permit an agreement becomes; free fields stand beside the granted ones."""
    rule = json.dumps(rule_of(agreement))
    actions = ", ".join(f'Action::"{each}"' for each in ACTIONS if each in agreement.operations)
    granted = granted_by(agreement, catalogue)
    fields = ",\n    ".join(f"Field::{json.dumps(each)}" for each in sorted(granted))
    return (
        f"@id({rule})\n"
        f"permit (principal == Agreement::{rule}, action in [{actions}], resource)\n"
        f"when {{\n  [\n    {fields}\n  ].contains(resource)\n}};\n"
        if actions and fields
        else ""
    )


def granted_by(agreement: Agreement, catalogue: Catalogue) -> frozenset[FieldId]:
    """Return what the permit names: the fields agreed, and the free fields beside them."""
    return frozenset({*agreement.fields, *free_fields(agreement, catalogue)})


def free_fields(agreement: Agreement, catalogue: Catalogue) -> Iterator[FieldId]:
    """Yield what is free under ``agreement``: the person's own free fields, and those of every
    register of which it grants a leaf.
    """  # noqa: D205 — one sentence
    registers = {
        catalogue.fields[path].register
        for path in agreement.fields
        if path in catalogue.fields and not catalogue.fields[path].is_value_class
    }
    for field in catalogue.fields.values():
        if field.free and field.register in {"", *registers}:
            yield field.id
