"""``standpipe backup`` and ``restore``: the whole database in one file."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.migrations.recorder import MigrationRecorder

from standpipe.core.errors import UserError


def write(file: Path) -> None:
    """Writes a consistent copy, also while the server runs. Never overwrites a file, and copies no empty database."""
    if file.exists():
        raise UserError(f"{file} is there already. Choose another name.", code="backup_exists")
    _require_folder(file)
    if not _is_there():
        raise UserError("There is no Standpipe in this database. Check DATABASE_URL.", code="backup_of_nothing")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(file)])
    else:
        _run_tool(["pg_dump", "--format=custom", f"--file={file}", *_postgres_options()])


@contextmanager
def restored(file: Path) -> Iterator[None]:
    """Replaces the whole database by what the backup holds; what must follow before anybody uses it is done inside.

    Until that has ended well ``is_half_restored``. A file that is no backup changes nothing.
    """
    if not file.is_file():
        raise UserError(f"There is no file {file}.", code="backup_missing")
    is_again = is_half_restored()
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    _mark().touch()
    try:
        if connection.vendor == "sqlite":
            _restore_sqlite(file)
        else:
            flags = ["--clean", "--if-exists", "--single-transaction", "--no-owner"]
            _run_tool(["pg_restore", *flags, *_postgres_options(), str(file)])
    except UserError:  # nothing was changed
        if not is_again:
            _mark().unlink()
        raise
    yield
    _mark().unlink()


def is_half_restored() -> bool:
    """A restore was cut off: what stands there may go out twice, as nothing of it has been doubted yet."""
    return _mark().exists()


def _mark() -> Path:
    return Path(settings.DATA_DIR) / "restore-unfinished"


def _is_there() -> bool:
    """Whether the database is Standpipe's. SQLite would make an empty one where there is none."""
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).is_file():
        return False
    try:
        return ("connections", "0001_initial") in MigrationRecorder(connection).applied_migrations()
    except DatabaseError:
        return False


def _require_folder(file: Path) -> None:
    if not file.absolute().parent.is_dir():
        raise UserError(f"There is no folder {file.absolute().parent}.", code="folder_missing")


def _restore_sqlite(file: Path) -> None:
    try:
        source = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        healthy = source.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        is_ours = source.execute("SELECT 1 FROM django_migrations WHERE app = 'connections'").fetchone()
    except sqlite3.DatabaseError:
        healthy = is_ours = None
    if not (healthy and is_ours):
        raise UserError(
            f"{file} is no backup of Standpipe, or it is damaged. Nothing was changed.", code="backup_bad"
        )
    _require_folder(Path(connection.settings_dict["NAME"]))
    connections.close_all()
    target = sqlite3.connect(connection.settings_dict["NAME"])
    with source, target:
        source.backup(target)
    source.close()
    target.close()


def _postgres_options() -> list[str]:
    database = connection.settings_dict
    named = {
        "host": database["HOST"],
        "port": database["PORT"],
        "username": database["USER"],
        "dbname": database["NAME"],
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
