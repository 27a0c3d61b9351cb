"""``standpipe manage send_notices``: what ``standpipe serve`` does by itself while it runs."""

import os
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections

from standpipe.quickbooks.notices.actions import send_notices


class Command(BaseCommand):
    help = "Sends the e-mails that are due to the people who were chosen for them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--every", type=float, metavar="SECONDS", help="look again and again")
        parser.add_argument("--beside", type=int, metavar="PID", help="until this process, our parent, has ended")

    def handle(self, *_args: Any, **options: Any) -> None:
        seconds, parent = options["every"], options["beside"]
        while parent is None or os.getppid() == parent:
            try:
                self.stdout.write(f"{send_notices()} sent.") if seconds is None else send_notices()
            except OSError as failure:  # the mail server, most likely; it is asked again
                self.stderr.write(f"No e-mail could be sent: {failure}")
            if seconds is None:
                return
            close_old_connections()
            time.sleep(seconds)
