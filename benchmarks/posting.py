"""So many invoices go into a company file, one of which QuickBooks refuses: what is counted, and what it costs.

Product, Web Connector and QuickBooks in one process, the calls as bytes without a socket, so that nothing but round
trips and CPU is told: ``python -m benchmarks.posting FOLDER 1000``, in the environment of a server with an empty
database.
"""

import json
import sys
import time
from decimal import Decimal
from pathlib import Path

import django

REFUSED_ITEM = "Alarm Monitoring"  # gone from QuickBooks since its list was read


def main() -> None:
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    django.setup()
    from django.core.management import call_command

    from standpipe.quickbooks.posting.models import Document
    from support.posting_lives import make_world

    call_command("migrate", verbosity=0)
    with make_world(folder) as world:
        office, company = world.office, world.company
        office.is_quick = True
        for number in range(count):
            office.write_plain(item=REFUSED_ITEM if number == count // 2 else "Repair", rate=Decimal(number + 1))
        gone = company.lists.find("ItemService", REFUSED_ITEM)
        assert gone is not None
        company.lists.delete(gone.list_id)
        began = time.process_time()
        outcome = world.connector.visit()
        seconds = time.process_time() - began
        states = [*Document.objects.values_list("state", flat=True)]
        print(
            json.dumps(
                {
                    "seconds": seconds,
                    "outcome": outcome.outcome,
                    "round_trips": len(outcome.requests),
                    "posted": states.count(Document.State.POSTED),
                    "there": company.invoices.count(),
                    "refused": states.count(Document.State.NEEDS_YOU),
                }
            )
        )


if __name__ == "__main__":
    main()
