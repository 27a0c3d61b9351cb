"""The command line, as an operator types it: real processes, a database of their own."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from standpipe.core.errors import UserError
from standpipe.site import backup, cli
from support.databases import own_database
from support.postgres import free_port
from support.server import COMMANDS, PASSWORD, Standpipe


@pytest.fixture
def standpipe(tmp_path: Path) -> Iterator[Standpipe]:
    with own_database(tmp_path) as database_url:
        yield Standpipe(folder=tmp_path, port=free_port(), database_url=database_url)


def refused(standpipe: Standpipe, *arguments: str) -> str:
    """What a command says on stderr when it fails in words, not with a traceback."""
    done = subprocess.run(
        [COMMANDS / "standpipe", *arguments],
        env=standpipe.environment,
        cwd=standpipe.folder,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    return done.stderr


def account_names(standpipe: Standpipe, token: str) -> list[str]:
    request = Request(f"{standpipe.base_url}/api/v1/accounts", headers={"Authorization": f"Bearer {token}"})
    with urlopen(request, timeout=60) as answer:
        return [item["name"] for item in json.load(answer)["items"]]


def add_account(standpipe: Standpipe, token: str, name: str) -> None:
    request = Request(
        f"{standpipe.base_url}/api/v1/accounts",
        data=json.dumps({"name": name}).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    urlopen(request, timeout=60).close()


def test_serve_before_migrate_says_which_command_is_missing(standpipe: Standpipe) -> None:
    assert "standpipe migrate" in refused(standpipe, "serve", "--port", str(standpipe.port))


def test_a_taken_port_is_named(standpipe: Standpipe) -> None:
    standpipe.migrate()
    with socket.create_server(("127.0.0.1", standpipe.port)):
        assert f"Port {standpipe.port} cannot be used" in refused(standpipe, "serve", "--port", str(standpipe.port))


def test_an_unreadable_password_file_is_named(standpipe: Standpipe) -> None:
    standpipe.migrate()
    said = refused(
        standpipe, "create-organization", "--name", "A", "--email", "a@example.com", "--password-file", "nowhere"
    )
    assert "password file" in said


def test_a_weak_password_makes_no_organization(standpipe: Standpipe) -> None:
    standpipe.migrate()
    secret = standpipe.folder / "weak"
    secret.write_text("short")
    options = ["--name", "A", "--email", "a@example.com", "--password-file", str(secret)]
    assert "10 characters" in refused(standpipe, "create-organization", *options)
    secret.write_text(PASSWORD)
    assert json.loads(standpipe.command("create-organization", *options))["email"] == "a@example.com"


def test_check_names_what_production_lacks_and_then_nothing(standpipe: Standpipe) -> None:
    said = subprocess.run(
        [COMMANDS / "standpipe", "check"],
        env=standpipe.environment,
        cwd=standpipe.folder,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert said.returncode == 1
    assert "standpipe migrate" in said.stdout
    assert "STANDPIPE_BASE_URL" in said.stdout
    standpipe.command("migrate")
    standpipe.extra_environment = {
        "STANDPIPE_BASE_URL": "https://books.example.com",
        "STANDPIPE_SECRET_KEY": "k" * 50,
    }
    assert "MISSING" not in standpipe.command("check")


def test_backup_and_restore_bring_everything_back(standpipe: Standpipe) -> None:
    """The backup is made while the server runs; what came after it is gone after the restore."""
    standpipe.migrate()
    organization = standpipe.create_organization("Alder Fire")
    standpipe.start()
    add_account(standpipe, organization.api_token, "Before")
    written = standpipe.folder / "backup #2%41"
    standpipe.command("backup", str(written))
    add_account(standpipe, organization.api_token, "After")
    assert account_names(standpipe, organization.api_token) == ["After", "Before"]
    standpipe.stop()
    if standpipe.database_url.startswith("sqlite"):
        _cut_a_restore_off(standpipe, written)
    standpipe.command("restore", str(written))
    standpipe.start()
    try:
        assert account_names(standpipe, organization.api_token) == ["Before"]
    finally:
        standpipe.stop()
    assert "another name" in refused(standpipe, "backup", str(written))


def _cut_a_restore_off(standpipe: Standpipe, whole: Path) -> None:
    """What was restored and not doubted yet could be sent twice: nothing is served before the rest is done."""
    damaged = standpipe.folder / "damaged"  # sound, but without a table that what follows a restore needs
    damaged.write_bytes(whole.read_bytes())
    with closing(sqlite3.connect(damaged)) as database:
        database.execute("DROP TABLE posting_document")
        database.commit()
    with pytest.raises(AssertionError):
        standpipe.command("restore", str(damaged))
    assert "Run it again" in refused(standpipe, "serve", "--port", str(standpipe.port))


def test_a_backup_of_nothing_is_refused(standpipe: Standpipe) -> None:
    """A job that runs at night without its DATABASE_URL must not look well until the day of the restore."""
    assert "no Standpipe in this database" in refused(standpipe, "backup", str(standpipe.folder / "b"))
    assert not (standpipe.folder / "b").exists()


def test_a_backup_into_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="There is no folder"):
        backup.write(tmp_path / "nowhere" / "b")


def test_another_kind_of_database_is_named(standpipe: Standpipe) -> None:
    standpipe.database_url = "mysql://localhost/books"
    assert "DATABASE_URL must begin with" in refused(standpipe, "check")


@pytest.mark.django_db
def test_a_password_file_that_is_no_text_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"\xff\xfe secret")
    options = ["--name", "A", "--email", "a@example.com", "--password-file", str(secret)]
    assert cli.main(["create-organization", *options]) == 1
    assert "not UTF-8" in capsys.readouterr().err


def test_a_port_that_cannot_be_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["serve", "--port", "99999"])
    assert "99999 is no port" in capsys.readouterr().err


def test_a_file_that_is_no_backup_changes_nothing(standpipe: Standpipe) -> None:
    standpipe.migrate()
    organization = standpipe.create_organization("Alder Fire")
    wrong = standpipe.folder / "wrong"
    sqlite3.connect(wrong).execute("CREATE TABLE shopping (item)").connection.close()
    refused(standpipe, "restore", str(wrong))
    refused(standpipe, "restore", "nowhere")
    standpipe.start()
    try:
        assert account_names(standpipe, organization.api_token) == []
    finally:
        standpipe.stop()


@pytest.mark.one_database  # of its own, in its folder
def test_demo_starts_everything_ends_everything_and_continues(tmp_path: Path) -> None:
    port = _two_free_ports()
    for _ in range(2):
        demo = subprocess.Popen(
            [COMMANDS / "standpipe", "demo", "--port", str(port), "--data", str(tmp_path / "demo")],
            env={
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("STANDPIPE_", "DATABASE_", "DJANGO_"))
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            printed = _read_until(demo, "Ctrl-C ends all of it")
            assert f"http://localhost:{port}" in printed
            for address in (f"http://localhost:{port}/sign-in/", f"http://localhost:{port + 1}/"):
                with urlopen(address, timeout=60) as answer:
                    assert answer.status == 200
        finally:
            demo.send_signal(signal.SIGINT)
            rest, _ = demo.communicate(timeout=60)
        assert "continues from here" in rest
        for freed in (port, port + 1):
            socket.create_server(("127.0.0.1", freed)).close()
    sign_in = json.loads((tmp_path / "demo" / "sign-in.json").read_text())
    assert sign_in["password"] in printed, "the second run has the first one's sign-in"


def _two_free_ports() -> int:
    while True:
        port = free_port()
        try:
            socket.create_server(("127.0.0.1", port + 1)).close()
        except OSError:
            continue
        return port


def _read_until(process: "subprocess.Popen[str]", words: str) -> str:
    printed = ""
    deadline = time.monotonic() + 180
    assert process.stdout
    for line in process.stdout:
        printed += line
        if words in line:
            return printed
        assert time.monotonic() < deadline, printed
    raise AssertionError(f"the demo ended: {printed}")
