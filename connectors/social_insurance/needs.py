"""Which of SAIS's columns answer which published leaf."""

from types import MappingProxyType

from connectors.transports.needs import leaves

_BENEFIT = ("benefits.kind", "benefits.entitlement_from", "benefits.entitlement_to")
_PERIOD = (
    "insurance_periods.kind",
    "insurance_periods.valid_from",
    "insurance_periods.valid_to",
)
_PAYMENT = (*_BENEFIT, "benefits.payments.for_month")
_CONTRIBUTION = ("contributions.for_month",)
_A1 = ("a1_certificates.valid_from", "a1_certificates.valid_to")

NEEDS = MappingProxyType(
    {
        **leaves("socialInsurance", "", "generated_code"),
        **leaves(
            "socialInsurance", "insurance_periods", {"totalInsuranceDays": ""}, always=_PERIOD
        ),
        **leaves(
            "socialInsurance.benefits",
            "benefits",
            {
                "kind": "kind",
                "virsisId": "kind",
                "decisionNo": "decision_no",
                "grantedAmount": "granted_amount",
                "basis": "basis",
                "entitlementFrom": "entitlement_from",
                "entitlementTo": "entitlement_to",
                "knownSince": "decision_date",
                "payeeAccount": "recipient_code payee_account",
                "sourceUpdatedAt": "updated_at",
                "recipient.personalCode": "recipient_code",
                "recipient.firstName": "recipient_code recipient_first_name",
                "recipient.lastName": "recipient_code recipient_last_name",
                "child.personalCode": "child_code",
                "child.firstName": "child_code child_first_name",
                "child.lastName": "child_code child_last_name",
            },
            always=_BENEFIT,
        ),
        **leaves(
            "socialInsurance.benefits.payments",
            "benefits.payments",
            "for_month paid_on gross tax_withheld net",
            always=_PAYMENT,
        ),
        **leaves(
            "socialInsurance.insurancePeriods",
            "insurance_periods",
            {
                "kind": "kind",
                "validFrom": "valid_from",
                "validTo": "valid_to",
                "sourceUpdatedAt": "updated_at",
            },
            always=_PERIOD,
        ),
        **leaves(
            "socialInsurance.contributions",
            "contributions",
            "for_month object amount",
            always=_CONTRIBUTION,
        ),
        **leaves(
            "socialInsurance.secondPillar",
            "second_pillar",
            {
                "joinedOn": "joined_on",
                "manager": "manager",
                "plan": "plan",
                "capital": "capital",
                "capitalOn": "capital_on",
                "sourceUpdatedAt": "updated_at",
            },
        ),
        **leaves(
            "socialInsurance.a1Certificates",
            "a1_certificates",
            {
                "number": "number",
                "country": "country",
                "issuedOn": "issued_on",
                "validFrom": "valid_from",
                "validTo": "valid_to",
                "sourceUpdatedAt": "updated_at",
            },
            always=_A1,
        ),
    }
)
PRESENCE = frozenset(
    {"generated_code", *_BENEFIT, *_PERIOD, *_CONTRIBUTION, "second_pillar.joined_on", *_A1}
)
"""Whatever can be shown within the period makes a record."""
