"""Which of BURVIS's columns answer which published leaf."""

from types import MappingProxyType

from connectors.transports.needs import leaves

NEEDS = MappingProxyType(
    {
        **leaves(
            "employment",
            "spells",
            {
                "status": "status",
                "grantedOn": "",
                "endedOn": "",
                "endReason": "end_reason",
                "knownSince": "granted_decided_on ended_decided_on",
                "branch": "branch",
                "sourceUpdatedAt": "source_updated_at",
            },
            always=("spells.granted_on", "spells.ended_on"),
        ),
        **leaves(
            "employment.measures",
            "measures",
            {
                "kind": "",
                "virsisId": "",
                "from": "",
                "to": "ends",
                "sourceUpdatedAt": "source_updated_at",
            },
            always=("measures.kind", "measures.begins"),
        ),
        **leaves(
            "employment.education",
            "education",
            "level institution field completed_on source_updated_at",
            always=("education.completed_on",),
        ),
        **leaves("employment.languageSkills", "languages", "language level source_updated_at"),
        **leaves(
            "employment.workHistory",
            "jobs",
            {
                "employer": "employer",
                "employerRegNo": "employer_reg_no",
                "occupationCode": "occupation_code",
                "occupation": "occupation",
                "from": "begins",
                "to": "ends",
                "sourceUpdatedAt": "source_updated_at",
            },
            always=("jobs.begins",),
        ),
        **leaves(
            "employment.cv",
            "cvs",
            "published_on headline wanted_occupation driving_licence active source_updated_at",
            always=("cvs.published_on",),
        ),
    }
)
PRESENCE = frozenset({"spells.granted_on", "cvs.published_on"})
"""Whoever had a status or published a CV has a file."""
