"""``standpipe backup`` and ``restore``: the whole database in one file."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from pathlib import Path

from django.db import connection, connections

from standpipe.core.errors import UserError


def write(file: Path) -> None:
    """Writes a consistent copy, also while the server runs. Never overwrites a file."""
    if file.exists():
        raise UserError(f"{file} is there already. Choose another name.", code="backup_exists")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(file)])
    else:
        _run_tool(["pg_dump", "--format=custom", f"--file={file}", *_postgres_options()])


def restore(file: Path) -> None:
    """Replaces the whole database by what the backup holds. A file that is no backup changes nothing."""
    if not file.is_file():
        raise UserError(f"There is no file {file}.", code="backup_missing")
    if connection.vendor == "sqlite":
        _restore_sqlite(file)
    else:
        flags = ["--clean", "--if-exists", "--single-transaction", "--no-owner"]
        _run_tool(["pg_restore", *flags, *_postgres_options(), str(file)])


def _restore_sqlite(file: Path) -> None:
    try:
        source = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
        healthy = source.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        is_ours = source.execute("SELECT 1 FROM django_migrations WHERE app = 'connections'").fetchone()
    except sqlite3.DatabaseError:
        healthy = is_ours = None
    if not (healthy and is_ours):
        raise UserError(
            f"{file} is no backup of Standpipe, or it is damaged. Nothing was changed.", code="backup_bad"
        )
    connections.close_all()
    target = sqlite3.connect(connection.settings_dict["NAME"])
    with source, target:
        source.backup(target)
    source.close()
    target.close()


def _postgres_options() -> list[str]:
    settings = connection.settings_dict
    named = {
        "host": settings["HOST"],
        "port": settings["PORT"],
        "username": settings["USER"],
        "dbname": settings["NAME"],
    }
    return [f"--{name}={value}" for name, value in named.items() if value]


def _run_tool(command: Sequence[str]) -> None:
    if not shutil.which(command[0]):
        raise UserError(
            f"{command[0]} is not installed. It comes with PostgreSQL's client programs.", code="tool_missing"
        )
    # The password goes by the environment: command lines are seen by everybody on the machine.
    environment = os.environ | {"PGPASSWORD": connection.settings_dict["PASSWORD"] or ""}
    done = subprocess.run(  # noqa: S603  # our own words
        command, capture_output=True, text=True, check=False, env=environment
    )
    if done.returncode:
        raise UserError(f"{command[0]} failed: {done.stderr.strip()}", code="tool_failed")
