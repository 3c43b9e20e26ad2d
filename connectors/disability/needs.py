"""Which of IIS's columns answer which published leaf."""

from types import MappingProxyType

from connectors.transports.needs import leaves

_PERIOD = ("decisions.valid_from", "decisions.valid_to", "decisions.annulled_on")
_RULE = (
    *_PERIOD,
    "decisions.status",
    "decisions.group",
    "decisions.loss_pct",
    "decisions.decision_date",
    "decisions.decision_no",
)
_SPOKEN = {
    "status": "status",
    "group": "group",
    "workCapacityLossPct": "loss_pct",
    "cause": "cause",
    "functionalImpairments": "impairments",
    "validFrom": "valid_from",
    "validTo": "valid_to",
    "knownSince": "decision_date",
}
NEEDS = MappingProxyType(
    {
        **leaves(
            "disability",
            "",
            {
                "firstName": "first_name",
                "lastName": "last_name",
                "deathDate": "death_date",
                "sourceUpdatedAt": "updated_at",
            },
        ),
        **leaves("disability", "decisions", _SPOKEN, always=_RULE),
        **leaves(
            "disability.decisions",
            "decisions",
            {
                **_SPOKEN,
                "decisionNo": "decision_no",
                "decisionDate": "decision_date",
                "applicationDate": "application_date",
                "expertiseType": "expertise",
                "sourceUpdatedAt": "updated_at",
            },
            always=_RULE,
        ),
        **leaves(
            "disability.opinions",
            "decisions",
            {
                "kind": "opinions.kind",
                "decisionNo": "decision_no",
                "validFrom": "opinions.valid_from",
                "validTo": "opinions.valid_to",
                "sourceUpdatedAt": "opinions.updated_at",
            },
            always=(
                "decisions.annulled_on",
                "decisions.opinions.valid_from",
                "decisions.opinions.valid_to",
            ),
        ),
        **leaves(
            "disability.applications",
            "applications",
            {
                "applicationDate": "application_date",
                "expertiseType": "expertise",
                "processStatus": "examined_from closed_on result",
                "sourceUpdatedAt": "updated_at",
            },
            always=("applications.application_date",),
        ),
        **leaves(
            "disability.certificate",
            "certificates",
            {
                "number": "number",
                "validFrom": "issued_on",
                "validTo": "valid_to",
                "sourceUpdatedAt": "updated_at",
            },
            always=(
                "certificates.issued_on",
                "certificates.valid_to",
                "certificates.annulled_on",
            ),
        ),
        **leaves(
            "disability.representatives",
            "representatives",
            {"personalCode": "code", "firstName": "first_name", "lastName": "last_name"},
            always=(
                "representatives.code",
                "representatives.valid_from",
                "representatives.valid_to",
            ),
        ),
    }
)
PRESENCE = frozenset(_RULE)
"""Whoever has a decision, whatever its effect, has a record."""
