"""What policy says about an operation."""

from collections.abc import Mapping
from dataclasses import dataclass

from msgspec import Struct

from hub.model.caller import Caller
from hub.model.catalogue import FieldId
from hub.model.personal_code import PersonalCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Why one field is or is not granted.

    Attributes:
        code: ``granted``, ``consent_needed``, ``field_not_in_agreement`` or ``field_forbidden``.
        rule: Id of the deciding rule: an agreement's number and revision, or a guard rail's id.
        en, lv: The reason in plain words.
    """

    field: FieldId
    code: str
    rule: str
    en: str
    lv: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionSet:
    """Every field decided for one (policy version, agreement revision, action).

    Attributes:
        unconditional: Granted whoever the person is.
        residual: Granted only for persons whose consent is in force.
        refused: Verdict of every other published field.
        reach: Granted, consent given; free leaves and value classes left out.
    """

    policy_version: str
    unconditional: frozenset[FieldId]
    residual: frozenset[FieldId]
    refused: Mapping[FieldId, Verdict]
    reach: frozenset[FieldId]


class Permit(Struct, frozen=True, kw_only=True):
    """The key to every register; made by ``hub.policy`` alone (a test holds this).

    Attributes:
        granted: Leaves of the operation that may be disclosed, consent given.
        residual: Those of ``granted`` that need consent in force.
        withheld: Verdicts of leaves answered with null (``on_excess = "null"``).
        value_classes: Value classes whose rows are shown.
        operation_id: Whose permit it is, as entries name the operation; no register is asked
            without one.
    """

    caller: Caller
    policy_version: str
    granted: frozenset[FieldId]
    residual: frozenset[FieldId]
    withheld: tuple[Verdict, ...]
    value_classes: frozenset[FieldId]
    operation_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consented:
    """Consents in force for one operation: the person's current code to ``record/revision``.

    ``restricted`` holds persons whose restriction or objection stops this disclosure.
    """

    records: Mapping[PersonalCode, str]
    restricted: frozenset[PersonalCode] = frozenset()
