import base64
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from hub.errors import Misconfigured
from hub.settings import SETTINGS, read_bearing, read_settings, register_variable

REGISTERS = ("employment", "socialInsurance", "population")


@pytest.fixture
def complete(tmp_path: Path) -> dict[str, str]:
    key = tmp_path / "master"
    key.write_text(base64.b64encode(b"k" * 32).decode())
    key.chmod(0o600)
    controllers = tmp_path / "controllers.json"
    controllers.write_text("{}")
    return {
        "PATH": "/usr/bin",
        "HUB_DATABASE_URL": "postgresql://hub:s3cret@db/hub",
        "HUB_REDIS_URL": "rediss://cache",
        "HUB_MASTER_KEY_FILE": str(key),
        "HUB_ISSUER": "https://issuer.example",
        "HUB_AUDIENCE": "urn:hub",
        "HUB_CONTROLLERS_FILE": str(controllers),
        "HUB_LOG_ORIGIN": "hub.example/log",
        "HUB_LOG_KEY_FILE": str(key),
        "HUB_TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2",
        **{register_variable(name): f"postgresql://{name}" for name in REGISTERS},
    }


def problems(sent: Mapping[str, str]) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as caught:
        read_settings(sent, REGISTERS)
    return caught.value.problems


def test_a_complete_configuration_is_read(complete: dict[str, str]) -> None:
    settings = read_settings(complete, REGISTERS)
    assert settings.require_binding
    assert not settings.introspection
    assert settings.trusted_proxies == ("10.0.0.1", "10.0.0.2")
    assert settings.registers["socialInsurance"] == "postgresql://socialInsurance"
    assert settings.master_key == b"k" * 32


def test_secrets_are_not_in_the_repr(complete: dict[str, str]) -> None:
    told = repr(read_settings(complete, REGISTERS))
    assert "s3cret" not in told
    assert "kkkk" not in told


def test_everything_missing_is_told_at_once() -> None:
    told = " ".join(problems({}))
    for setting in SETTINGS:
        assert (f"`{setting.name}` is missing" in told) is (setting.default is None)
    for name in REGISTERS:
        assert register_variable(name) in told


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("HUB_DATABASE_URL", "mysql://db", "must be an address of postgresql"),
        ("HUB_PORT", "x", "must be a number"),
        ("HUB_PORT", "70000", "must be from 0 to 65535"),
        ("HUB_MASTER_KEY_FILE", "/nowhere", "names a file that is not there"),
        ("HUB_TRUSTED_PROXIES", "", "no token could be bound"),
        ("HUB_SANDBOX", "1", "`HUB_SANDBOX` is no setting"),
        ("HUB_TLS_CERT_FILE", "/etc/hostname", "go together"),
        ("HUB_WORKERS", "0", "must be from 1 to 64"),
        ("HUB_WORKERS", "many", "must be a number"),
        ("HUB_PLANNER", "perhaps", "must be on or off"),
    ],
)
def test_each_wrong_value_is_told(
    complete: dict[str, str], name: str, value: str, problem: str
) -> None:
    assert any(problem in each for each in problems(complete | {name: value}))


@pytest.mark.parametrize(("sent", "planner"), [(None, True), ("on", True), ("Off", False)])
def test_plans_are_used_unless_switched_off(
    complete: dict[str, str], sent: str | None, planner: bool
) -> None:
    settings = read_settings(complete | ({"HUB_PLANNER": sent} if sent else {}), REGISTERS)
    assert settings.planner is planner


def test_workers_are_counted(complete: dict[str, str]) -> None:
    assert read_settings(complete, REGISTERS).workers == 1
    assert read_settings(complete | {"HUB_WORKERS": "4"}, REGISTERS).workers == 4


def test_a_key_that_others_may_read_is_unsafe(complete: dict[str, str]) -> None:
    Path(complete["HUB_MASTER_KEY_FILE"]).chmod(0o644)
    assert any("others may read" in each for each in problems(complete))


def test_a_short_key_is_refused(complete: dict[str, str]) -> None:
    Path(complete["HUB_MASTER_KEY_FILE"]).write_text("c2hvcnQ=")
    assert any("32 bytes" in each for each in problems(complete))


def test_the_production_entry_never_imports_the_sandbox() -> None:
    script = (
        "import sys, hub.cli.serve; from hub.app import publication; publication.catalogue(); "
        "print([m for m in sys.modules if m.startswith('hub.sandbox') or m.endswith('.twin')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_sandbox_heeds_workers_and_planner_alone() -> None:
    found = read_bearing({"HUB_WORKERS": "2", "HUB_PLANNER": "off", "HUB_PORT": "x"})
    assert (found.workers, found.planner) == (2, False)
    assert read_bearing({}).planner
    with pytest.raises(Misconfigured) as caught:
        read_bearing({"HUB_WORKERS": "no", "HUB_PLANNER": "no"})
    assert len(caught.value.problems) == 2
