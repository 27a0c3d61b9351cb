"""The command ``standpipe``: one function per subcommand, Django loaded only by those that need it."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from standpipe.core.errors import UserError


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one subcommand; returns the exit code. What people can put right is said in one line on stderr."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "standpipe.site.settings")
    arguments = sys.argv[1:] if argv is None else list(argv)
    if arguments[:1] == ["manage"]:
        return _manage(arguments[1:])
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except UserError as error:
        print(f"standpipe: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="standpipe", description=__doc__.split(":")[0] if __doc__ else None)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="try everything here and now: sample data and a simulated QuickBooks")
    demo.add_argument("--port", type=_port, default=8000)
    demo.add_argument("--data", type=Path, default=Path("standpipe-demo"), metavar="DIR")
    demo.set_defaults(run=_demo)

    serve = commands.add_parser("serve", help="run the server")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=8000)
    serve.add_argument(
        "--workers",
        type=int,
        metavar="NUMBER",
        help="processes that answer; one for each core, at most 4, unless told",
    )
    serve.add_argument("--tls-cert", type=Path, metavar="FILE")
    serve.add_argument("--tls-key", type=Path, metavar="FILE")
    serve.set_defaults(run=_serve)

    migrate = commands.add_parser("migrate", help="create or upgrade the database")
    migrate.set_defaults(run=_migrate)

    create = commands.add_parser("create-organization", help="add an organization and its owner; prints JSON")
    create.add_argument("--name", required=True)
    create.add_argument("--email", required=True, help="of the owner, who signs in with it")
    create.add_argument("--password-file", type=Path, required=True, metavar="FILE")
    create.set_defaults(run=_create_organization)

    check = commands.add_parser("check", help="name what is missing for production")
    check.set_defaults(run=_check)

    backup = commands.add_parser("backup", help="write the whole database to one file, while the server runs")
    backup.add_argument("file", type=Path, metavar="FILE")
    backup.set_defaults(run=_backup)

    restore = commands.add_parser("restore", help="replace the database by a backup; stop the server first")
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.set_defaults(run=_restore)

    commands.add_parser("manage", help="Django's own commands, for those who know them")
    return parser


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise argparse.ArgumentTypeError(f"{text} is no port: they go from 1 to 65535")
    return int(text)


def _demo(options: argparse.Namespace) -> int:
    from . import demo  # sets the environment before Django loads

    return demo.run(port=options.port, folder=options.data.absolute())


def _serve(options: argparse.Namespace) -> int:
    from . import serve

    _set_up_django()
    return serve.run(
        host=options.host,
        port=options.port,
        workers=options.workers,
        tls_cert=options.tls_cert,
        tls_key=options.tls_key,
    )


def _migrate(_options: argparse.Namespace) -> int:
    _set_up_django()
    migrate()
    return 0


def migrate(*, verbosity: int = 1) -> None:
    """Creates or upgrades the database and the folder that it stands in."""
    from django.conf import settings
    from django.core.management import call_command

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=verbosity)


def _create_organization(options: argparse.Namespace) -> int:
    _set_up_django()
    from standpipe.organizations.actions import create_api_token, create_organization

    from .checks import require_migrated

    require_migrated()
    try:
        password = options.password_file.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise UserError(f"The password file cannot be read: {why}.", code="password_file_unreadable") from None
    organization, person = create_organization(name=options.name, owner_email=options.email, owner_password=password)
    token = create_api_token(organization, person=person, name="Made with the organization")
    print(json.dumps({"organization": organization.slug, "email": person.email, "api_token": token}))
    return 0


def _check(_options: argparse.Namespace) -> int:
    from . import checks

    _set_up_django()
    findings = checks.findings()
    for finding in findings:
        print(f"{'MISSING' if finding.required else 'advice '}  {finding.text}")
    if not findings:
        print("Ready for production.")
    return 1 if any(finding.required for finding in findings) else 0


def _backup(options: argparse.Namespace) -> int:
    from . import backup

    _set_up_django()
    backup.write(options.file)
    print(f"Backed up to {options.file}.")
    return 0


def _restore(options: argparse.Namespace) -> int:
    from . import backup

    _set_up_django()
    from standpipe.quickbooks.posting.recovery import doubt_everything

    with backup.restored(options.file):
        migrate(verbosity=0)
        doubt_everything()
    print(f"Restored from {options.file}.")
    return 0


def _manage(arguments: Sequence[str]) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["standpipe manage", *arguments])
    return 0


def _set_up_django() -> None:
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise UserError(str(error), code="settings_bad") from None
