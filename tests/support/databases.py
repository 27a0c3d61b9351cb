"""A database of its own for a process, the tests' or a server's, of the kind that the suite runs on.

All migrations run once a suite; every database is a copy of what they made. SQLite is a file, not memory: write-ahead
log, lock waits and several threads behave as they do in service.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql


@contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """Its URL: a SQLite file in `folder`, or a database beside the one in DATABASE_URL, dropped afterwards."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        yield _sqlite_url(folder / "standpipe.db")
        return
    name = f"own_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield _postgres_url(name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def fill_migrated(database_url: str, *, migrate: Callable[[str], object]) -> None:
    """Make an empty database of `own_database` what `migrate(url)` would make of it.

    The processes of one suite share STANDPIPE_TESTS_DIR; the first that comes migrates, the others wait for it.
    Without a suite, as for the pictures, there is but one process, and it migrates.
    """
    if "STANDPIPE_TESTS_DIR" not in os.environ:
        migrate(database_url)
        return
    folder = Path(os.environ["STANDPIPE_TESTS_DIR"])
    is_postgres = database_url.startswith("postgres")
    template, done = f"template_{folder.name}".replace("-", "_").lower(), folder / "migrated"
    with (folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            if is_postgres:
                _recreate(template)
            migrate(_postgres_url(template) if is_postgres else _sqlite_url(folder / template))
            done.touch()
    if is_postgres:
        _recreate(urlsplit(database_url).path.lstrip("/"), template=template)
    else:
        shutil.copyfile(folder / template, urlsplit(database_url).path)


def _recreate(name: str, *, template: str = "template1") -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(words.format(sql.Identifier(name), sql.Identifier(template)))


def _sqlite_url(file: Path) -> str:
    return f"sqlite:///{file}"


def _postgres_url(name: str) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
