"""The whole demo under an account without rights; the other tests run under whatever runs them."""

import os
import shutil
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.service.demo.staging import staged

ROOT = Path(__file__).parents[3]
PYTHON = Path("/usr/bin/python3")
AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "env", "HOME=/")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(180),
    pytest.mark.skipif(os.geteuid() != 0, reason="the other tests show it"),
    pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv"),
    pytest.mark.skipif(not PYTHON.exists(), reason="needs the system's Python"),
]


def python_of(folder: Path) -> Path:
    """Make an environment that sees this one's packages, and that others may run."""
    made = folder / "venv"
    packages = Path(psutil.__file__).parents[1]
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", made], check=True, timeout=60)
    found = next((made / "lib").glob("python3*/site-packages"), None)
    assert found is not None
    (found / "ours.pth").write_text(f"{ROOT}\n{packages}\n")
    # of Redis' client before Python 3.11.3, hence not among this Python's packages
    (found / "async_timeout.py").write_text("from asyncio import timeout as timeout\n")
    for path in (made, *made.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    return made / "bin" / "python"


def test_ordinary_user_runs_it_too() -> None:
    folder = Path(f"/tmp/vienreiz-demo-{os.getpid()}")  # noqa: S108
    folder.mkdir(mode=0o755)
    shutil.chown(folder, "nobody", "nogroup")
    try:
        words = [*AS_NOBODY, str(python_of(folder)), "-c", "import hub.cli; hub.cli.main()"]
        probe = [*words[:-1], "import hub.cli.sandbox_hub, hub.cli.demo"]
        if subprocess.run(probe, capture_output=True, check=False).returncode:
            pytest.skip("an ordinary user cannot read this checkout or its packages")
        with staged(folder / "demo", words=words) as show:
            show.await_ready()
            started = show.look()
            assert len(started) > 4
            assert all(each.uids().real != 0 for each in started)
            assert not (folder / "demo" / "postgres" / "location").exists()
            show.interrupt()
            assert show.wait() == 0
            assert show.survivors(0) == []
    finally:
        shutil.rmtree(folder)
