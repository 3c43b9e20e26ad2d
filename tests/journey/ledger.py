"""What journeys ask of the log, and how they wait until it has an order."""

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import asyncpg
import httpx

from hub.audit.keys import YearKeys
from hub.model.personal_code import PersonalCode
from hub.sandbox.issuer.fetch import fetch_person_token
from hub.storage.database import plain_url
from hub.storage.keyring import MasterKeyring
from tests.journey.town import Town

WHY: Final = "a person asked by telephone"
PATIENCE_S: Final = 40
ENTERED: Final = "SELECT EXISTS (SELECT FROM hub.access_entry WHERE index = $1)"
LOOK: Final = "query ($c: PersonalCode!) { person(personalCode: $c) { disability { group } } }"
LOOKS: Final = (
    "query ($c: [PersonalCode!]!) { persons(personalCodes: $c) { disability { group } } }"
)
SEALED_LOOK: Final = """
query ($c: PersonalCode!) {
  person(personalCode: $c) { childProtection { outOfHomeCare { form } } }
}
"""
USAGE: Final = """
query ($c: PersonalCode, $first: Int, $after: String, $reason: String) {
  usage(personalCode: $c, first: $first, after: $after, reason: $reason) {
    usages {
      at byConsent consent categories mentioned
      recipient { code name nameLv }
      purpose { iri text textLv }
      legalBasis { text textLv }
      registers { register disclosed }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
FIND_USAGE: Final = """
query ($c: PersonalCode, $offset: Int, $limit: Int) {
  findUsage(personalCode: $c, offset: $offset, limit: $limit) {
    logtime action receiverCode receiverName receiverSystem
  }
  usagePeriod { from }
}
"""
ACCESS_LOG: Final = """
query ($f: AccessLogFilter, $r: String!, $first: Int, $after: String) {
  accessLog(filter: $f, reason: $r, first: $first, after: $after) {
    entries {
      entry operationId at decision client personActing recipient agreement revision consent
      article6 case official action registers fields categories codes question reason visibility
      relation purpose { text textLv } denied { field rule } outcomes { register outcome }
    }
    pageInfo { hasNextPage endCursor }
  }
}
"""
RECEIPT: Final = """
query ($id: String!, $first: Int, $after: String) {
  receipt(id: $id, first: $first, after: $after) {
    id state promise entries { index entry proof } pageInfo { hasNextPage endCursor }
  }
}
"""


def sealed_look(town: Town, code: str) -> httpx.Response:
    return town.ask(
        SEALED_LOOK,
        {"c": code},
        client="orphan-court",
        agreement="RBT-2026-002",
        headers={"hub-case": "BT-2026/99", "hub-official": "A.Tiesa"},
    )


def by_person(town: Town, person: str, query: str, **variables: object) -> httpx.Response:
    """Ask as the state's portal does, with the person's own token."""
    token = fetch_person_token(town.data_dir, person)
    return town.ask(
        query,
        variables,
        client=None,
        agreement="DVI-2026-002",
        headers={"authorization": f"Bearer {token}"},
    )


def by_officer(town: Town, query: str, **variables: object) -> httpx.Response:
    """Ask as the hub's data-protection officer."""
    return town.ask(query, variables, client="dpo", agreement="DVI-2026-001")


def by_rigas_officer(town: Town, query: str, **variables: object) -> httpx.Response:
    return town.ask(query, variables, client="dpo-riga", agreement="DVI-2026-003")


def data(response: httpx.Response, root: str) -> Any:  # noqa: ANN401 — JSON
    answer: Mapping[str, Any] = response.json()
    assert "errors" not in answer, answer["errors"]
    return answer["data"][root]


def id_of(response: httpx.Response) -> str:
    assert "errors" not in response.json(), response.json()
    found: str = response.json()["extensions"]["receipt"]["id"]
    return found


def untold(town: Town, number: int) -> list[str]:
    """Return people of one code whom no entry is about: batches of other tests may name anybody."""
    found: list[str] = []
    while len(found) < number:
        (code,) = town.single(1)
        if not asyncio.run(_entered(town, code)):
            found.append(code)
    return found


async def _entered(town: Town, code: str) -> bool:
    keys = YearKeys(MasterKeyring(town.settings.master_key), datetime.now(UTC).year)
    connection = await asyncpg.connect(plain_url(town.settings.database_url))
    try:
        index = keys.index(PersonalCode(code))
        return bool(await connection.fetchval(ENTERED, index))
    finally:
        await connection.close()


def proven(town: Town, response: httpx.Response, **page: object) -> Any:  # noqa: ANN401 — JSON
    """Return the proofs of an answer's receipt, as the officer gets them once it is in the tree."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = data(by_officer(town, RECEIPT, id=id_of(response), **page), "receipt")
        if found["state"] == "PROVEN":
            return found
        time.sleep(0.1)
    raise AssertionError("the log gave no order to an entry in time")
