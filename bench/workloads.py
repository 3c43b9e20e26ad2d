"""What is asked: a status check, a batch of 500 persons, a full dossier."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import orjson

from hub.app import publication
from hub.plan.documents import Document, Documents
from hub.plan.operation import Plan, read_plan

CLIENT = "sandbox-full"
AGREEMENT = "SBX-2026-001"
BATCH = 500
_ALIASED = "status grantedOn"
_DOSSIER_DAYS = 365

_EIGHT_LEAVES = """
    employment { status grantedOn }
    disability { status group validTo }
    socialInsurance(from: $from) { benefits { kind entitlementFrom grantedAmount } }
"""

_STATUS = f"""
query Status($personalCode: PersonalCode!, $from: Date) {{
  person(personalCode: $personalCode) {{ {_EIGHT_LEAVES} }}
}}
"""

_MANY = f"""
query Batch($personalCodes: [PersonalCode!]!, $from: Date) {{
  persons(personalCodes: $personalCodes) {{ {_EIGHT_LEAVES} }}
}}
"""

_DOSSIER = """
query Dossier($personalCode: PersonalCode!, $from: Date) {
  person(personalCode: $personalCode) {
    personalCode
    disability {
      status group workCapacityLossPct cause functionalImpairments validFrom validTo knownSince
      decisions { decisionNo decisionDate expertiseType status group validFrom validTo }
      opinions { kind decisionNo validFrom validTo }
      certificate { number validFrom validTo }
      applications { applicationDate expertiseType processStatus }
      provenance { source asOf }
    }
    employment {
      status grantedOn endedOn endReason knownSince branch
      measures { kind from to }
      education { level institution completedOn }
      languageSkills { language level }
      workHistory { employer occupation from to }
      provenance { source asOf }
    }
    socialInsurance(from: $from) {
      benefits {
        kind decisionNo grantedAmount basis entitlementFrom entitlementTo
        payments { forMonth gross taxWithheld net }
      }
      insurancePeriods { kind validFrom validTo }
      totalInsuranceDays
      contributions { forMonth object amount }
      secondPillar { manager plan capital }
      provenance { source asOf }
    }
    vaccination {
      immunizations { occurrenceDate vaccineAtc product stage doseNumber targetDisease }
      calendarStatus
      provenance { source asOf }
    }
    childProtection {
      outOfHomeCare { form from }
      orphanCertificate { number status }
    }
  }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """One kind of request.

    Attributes:
        name: ``status``, ``batch`` or ``dossier``.
        query: GraphQL text.
        persons: How many persons one request asks about.
        connections: How many requests are under way at once.
    """

    name: str
    query: str
    persons: int
    connections: int

    def bodies(self, codes: Sequence[str], today: date) -> list[bytes]:
        """Return one request body for each group of ``persons`` in ``codes``, nobody twice."""
        return [
            orjson.dumps({"query": self.query, "variables": self._variables(group, today)})
            for group in self._groups(codes)
        ]

    def unseen(self, codes: Sequence[str], today: date, numbers: Iterable[int]) -> list[bytes]:
        """Return a body for each of ``numbers``, whose text differs from all others by an alias."""
        asked = [self._variables(group, today) for group in self._groups(codes)]
        return [
            orjson.dumps({"query": self._aliased(number), "variables": asked[number % len(asked)]})
            for number in numbers
        ]

    def _aliased(self, number: int) -> str:
        return self.query.replace(_ALIASED, f"status once{number}: grantedOn", 1)

    def plan(self) -> Plan:
        """Return what the hub reads in the document."""
        schema = publication.schema()
        document: Document = Documents(schema).read(self.query)
        return read_plan(schema, document, document.operation(None), None)

    def _groups(self, codes: Sequence[str]) -> Iterator[Sequence[str]]:
        for start in range(0, len(codes) - self.persons + 1, self.persons):
            yield codes[start : start + self.persons]

    def _variables(self, group: Sequence[str], today: date) -> dict[str, Any]:
        since = today - timedelta(days=_DOSSIER_DAYS)
        about = {"personalCode": group[0]} if self.persons == 1 else {"personalCodes": group}
        return {**about, "from": since.isoformat()}


STATUS = Workload(name="status", query=_STATUS, persons=1, connections=16)
MANY = Workload(name="batch", query=_MANY, persons=BATCH, connections=4)
DOSSIER = Workload(name="dossier", query=_DOSSIER, persons=1, connections=8)
WORKLOADS = (STATUS, MANY, DOSSIER)
