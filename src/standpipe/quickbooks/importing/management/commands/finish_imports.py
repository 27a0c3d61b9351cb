"""``standpipe manage finish_imports``: what ``standpipe serve`` does by itself when it starts."""

from typing import Any

from django.core.management.base import BaseCommand

from standpipe.quickbooks.importing.finishing import finish_all


class Command(BaseCommand):
    help = "Finishes imports and undos that were interrupted, for example by a power cut."

    def handle(self, *_args: Any, **_options: Any) -> None:
        self.stdout.write(f"{finish_all()} finished.")
