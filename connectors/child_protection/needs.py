"""Which of BAC's columns answer which published leaf."""

from collections.abc import Mapping
from types import MappingProxyType

from connectors.transports.needs import leaves
from hub.model.catalogue import FieldId


def _care(published: str, rows: str) -> Mapping[FieldId, frozenset[str]]:
    """Return the needs of one published field of care, whose rows stand at ``rows``."""
    path = f"childProtection.{published}"
    period = (f"{rows}.begins", f"{rows}.ends")
    institution = f"{rows}.institution"
    return {
        **leaves(
            path,
            rows,
            {
                "form": "form",
                "provider": "institution.name",
                "from": "",
                "to": "",
                "sourceUpdatedAt": "source_updated_at",
            },
            always=period,
        ),
        **leaves(
            f"{path}.carer",
            f"{rows}.carer",
            {"personalCode": "", "firstName": "first_name", "lastName": "last_name"},
            always=(*period, f"{rows}.carer.code"),
        ),
        **leaves(
            f"{path}.institution",
            institution,
            "registration_number name kind address capacity source_updated_at",
            always=period,
        ),
        **leaves(
            f"{path}.institution.inspections",
            f"{institution}.inspections",
            {
                "number": "number",
                "object": "subject",
                "date": "",
                "findings": "findings",
                "sourceUpdatedAt": "source_updated_at",
            },
            always=(*period, f"{institution}.inspections.inspected_on"),
        ),
        **leaves(
            f"{path}.institution.supervisions",
            f"{institution}.supervisions",
            {
                "number": "number",
                "from": "",
                "to": "",
                "conclusion": "conclusion",
                "sourceUpdatedAt": "source_updated_at",
            },
            always=(
                *period,
                f"{institution}.supervisions.begins",
                f"{institution}.supervisions.ends",
            ),
        ),
    }


NEEDS = MappingProxyType(
    {
        **_care("outOfHomeCare", "care"),
        **_care("outOfHomeCareHistory", "care_history"),
        **leaves(
            "childProtection.orphanCertificate",
            "certificates",
            "number status issued_by issued_on valid_to source_updated_at",
            always=("certificates.status", "certificates.issued_on", "certificates.valid_to"),
        ),
        **leaves(
            "childProtection.orphanCourtCases",
            "cases",
            {
                "number": "number",
                "type": "kind",
                "openedOn": "opened_on",
                "decision": "decision",
                "date": "decided_on",
                "sourceUpdatedAt": "source_updated_at",
            },
            always=("cases.opened_on",),
        ),
        **leaves(
            "childProtection.orphanCourtCases.court",
            "cases.court",
            "code name territory",
            always=("cases.opened_on",),
        ),
        **leaves(
            "childProtection.complaints",
            "complaints",
            {
                "number": "number",
                "received": "",
                "topic": "topic",
                "outcome": "outcome",
                "sourceUpdatedAt": "source_updated_at",
            },
            always=("complaints.received_on",),
        ),
        **leaves(
            "childProtection.specialistPermit",
            "specialists",
            "role training_valid_to permitted source_updated_at",
            always=("specialists.begins",),
        ),
    }
)
PRESENCE = frozenset({"specialists.begins"})
"""That a child is known to BAC is itself protected, so provenance alone tells only of permits."""
