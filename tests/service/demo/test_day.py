"""A new sandbox's log has a day in it: to be verified, searched, and read by those concerned."""

import json
from pathlib import Path

import httpx
import pytest

from tests.service.demo.staging import hub, staged

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

USAGE = "{ usage(first: 5) { usages { at recipient { name } } } usagePeriod { from to } }"
KINDS = {"own_code", "colleague", "out_of_hours", "volume", "enumeration", "vip", "status_sweep"}


def test_a_day_has_passed_when_the_demo_is_ready(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    where = ("--data-dir", str(folder))
    with staged(folder, "--headless", people=600, day=True) as show:
        show.await_ready(150)
        verified = hub("audit", "verify", "--database", *where)
        assert verified.returncode == 0, verified.stderr
        told = json.loads(hub("audit", "detect", "--json", *where).stdout)
        assert {each["kind"] for each in told["findings"]} >= KINDS
        reconciled = hub("audit", "reconcile", *where)
        assert reconciled.returncode == 0, reconciled.stdout
        token = hub("token", "person-ilze", *where).stdout.strip()
        answer = httpx.post(
            f"{show.url}/graphql",
            json={"query": USAGE},
            headers={"authorization": f"Bearer {token}"},
            trust_env=False,
        ).json()
        assert len(answer["data"]["usage"]["usages"]) == 5
        assert show.end() == 0
