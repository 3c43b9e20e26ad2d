import subprocess
import sys

from connectors import found
from hub.ports import RegisterConfig


def test_connectors_are_found_by_published_name_and_in_order() -> None:
    names = list(found())
    assert names == sorted(names)
    assert {"disability", "socialInsurance", "population"} <= set(names)
    assert all(name == module.MANIFEST.name for name, module in found().items())


def test_finding_connectors_imports_no_twin_and_no_sandbox() -> None:
    script = (
        "import sys; from connectors import found; found();"
        "print([m for m in sys.modules if m.endswith('.twin') or m.startswith('hub.sandbox')])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert told.stdout.strip() == b"[]"


def test_an_address_is_not_shown() -> None:
    assert "secret" not in repr(RegisterConfig(url="postgresql://u:secret@h/d"))
