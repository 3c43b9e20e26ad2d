"""One PostgreSQL role per register, which may read that register's schema and nothing else."""

import hashlib
import hmac
from collections.abc import Iterator
from urllib.parse import quote, urlsplit, urlunsplit

from hub.sandbox.people.twin import Twin


def role_of(twin: Twin) -> str:
    """Return the name of the role under which the hub reads a register."""
    return f"hub_{twin.schema}"


def grants(twin: Twin, url: str) -> Iterator[str]:
    """Yield what lets a twin's role read its schema; the role may exist already.

    Args:
        twin: Whose register.
        url: Of the database's owner; the role's password follows from the owner's.
    """
    role = role_of(twin)
    yield (
        f'DO $$ BEGIN CREATE ROLE "{role}" LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$'
    )
    yield f"ALTER ROLE \"{role}\" PASSWORD '{_password(role, url)}'"
    yield f'GRANT USAGE ON SCHEMA "{twin.schema}" TO "{role}"'
    yield f'GRANT SELECT ON ALL TABLES IN SCHEMA "{twin.schema}" TO "{role}"'


def url_of(twin: Twin, url: str) -> str:
    """Return the address at which the hub reads a register."""
    role = role_of(twin)
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    login = f"{quote(role)}:{quote(_password(role, url))}@{place}"
    return urlunsplit(parts._replace(netloc=login))


def in_database(url: str, database: str) -> str:
    """Return ``url`` pointing at another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _password(role: str, url: str) -> str:
    secret = urlsplit(url).password or ""
    return hmac.new(secret.encode(), role.encode(), hashlib.sha256).hexdigest()
