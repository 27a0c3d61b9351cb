"""For a database that was put back by other means than ``standpipe restore``, which does this itself."""

from typing import Any

from django.core.management.base import BaseCommand

from standpipe.quickbooks.posting.recovery import doubt_everything


class Command(BaseCommand):
    help = "After the database was put back by hand: look in QuickBooks for what waits before any of it is sent."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        doubt_everything()
        self.stdout.write(
            "What waits is looked for in QuickBooks at the next visit, and sent only where it is not there."
        )
