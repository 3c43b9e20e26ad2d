"""Agreements and permits as consents need them."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

from hub.model.agreement import Agreement, LegalBasis, OnExcess, Operation, Scope, Visibility
from hub.model.caller import Caller, Client
from hub.model.catalogue import FieldId
from hub.model.decision import Permit
from hub.model.guardianship import Representation, RepresentationKind, RepresentationScope
from hub.model.personal_code import PersonalCode
from hub.ports import Residence

CONSENT, PUBLIC_TASK, LAW = "A6-1-a", "A6-1-e", "A6-1-c"


def agreement(article6: str = CONSENT, **changes: Any) -> Agreement:  # noqa: ANN401 — any attribute
    told: dict[str, Any] = {
        "number": "SKV-2026-001",
        "revision": 1,
        "hash": "ab" * 32,
        "client": "school-board",
        "recipient": "SCHOOL",
        "recipient_en": "School board",
        "recipient_lv": "Skolu valde",
        "service": "X-1",
        "purpose": "https://example.lv/purpose#Meals",
        "purpose_en": "Meals",
        "purpose_lv": "Ēdināšana",
        "basis": LegalBasis(article6=article6, article9=None, law=()),
        "operations": frozenset({Operation.RECORD}),
        "fields": frozenset({FieldId("disability.group")}),
        "scope": Scope(),
        "quota": None,
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "window_months": None,
        "hours": None,
        "max_subjects": 100,
        "case_required": False,
        "official_required": False,
        "cache": True,
        "visibility": Visibility.IMMEDIATE,
        "on_excess": OnExcess.REFUSE,
        "controllers": ("VDEAVK",),
        "processors": (),
        "consent_scope": "meals" if article6 == CONSENT else None,
    }
    return Agreement(**{**told, **changes})


def permit(under: Agreement, *, residual: bool = False) -> Permit:
    fields = frozenset({FieldId("disability.group")})
    client = Client(id=under.client, expires_at=datetime(2026, 12, 1, tzinfo=UTC))
    return Permit(
        caller=Caller(client=client, agreement=under),
        policy_version="1",
        granted=fields,
        residual=fields if residual else frozenset(),
        withheld=(),
        value_classes=frozenset(),
    )


def adult(code: PersonalCode, **changes: Any) -> Residence:  # noqa: ANN401 — any attribute
    told: dict[str, Any] = {
        "codes": (code,),
        "territory": None,
        "born": date(1980, 1, 1),
        "died": None,
    }
    return Residence(**{**told, **changes})


def child(code: PersonalCode, *relations: Representation, **changes: Any) -> Residence:  # noqa: ANN401 — any attribute
    return adult(code, **{"born": date(2016, 5, 5), "representations": relations, **changes})


def adults(codes: Collection[PersonalCode]) -> dict[PersonalCode, Residence]:
    return {code: adult(code) for code in codes}


def relation(holder: PersonalCode, **changes: Any) -> Representation:  # noqa: ANN401 — any attribute
    told: dict[str, Any] = {
        "holder": holder,
        "kind": RepresentationKind.PARENT,
        "scope": RepresentationScope.FULL,
        "begins": date(2016, 5, 5),
    }
    return Representation(**{**told, **changes})
