"""Long lists need no more memory than short ones. The figures at 100,000 customers: docs/performance.md."""

import gc
import json
import subprocess
import sys
import tracemalloc
from pathlib import Path

from lxml import etree

from qbsim.company import Company
from qbsim.processor import QuickBooks
from support.fake_service import qbxml

ROOT = Path(__file__).parents[2]
PAGE = 50
PAGES = 16
FIRST = 4  # the first pages fill caches


def test_a_company_file_is_filled_row_by_row(tmp_path: Path) -> None:
    peaks = []
    for customers in (1500, 5000):
        command = [
            sys.executable,
            "-m",
            "benchmarks.simulator",
            "create",
            str(tmp_path / str(customers)),
            str(customers),
        ]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
        peaks.append(json.loads(done.stdout)["megabytes"])
    assert peaks[1] - peaks[0] < 6, "all of their rows would be more than 15"


def test_nothing_is_kept_of_the_pages_that_were_read(tmp_path: Path) -> None:
    filters = "<ActiveStatus>All</ActiveStatus><FromModifiedDate>2001-01-01</FromModifiedDate>"
    kept = []
    with Company.create(tmp_path / "books.qbw", customers=PAGE * PAGES, jobs=0) as company:
        session = QuickBooks(company).begin_session()
        attributes = 'iterator="Start"'
        for number in range(PAGES):
            body = f"<CustomerQueryRq {attributes}><MaxReturned>{PAGE}</MaxReturned>{filters}</CustomerQueryRq>"
            answer = etree.fromstring(session.process(qbxml(body)).encode()).find(".//CustomerQueryRs")
            attributes = f'iterator="Continue" iteratorID="{answer.get("iteratorID")}"'
            assert len(answer) == PAGE
            del answer
            if number == FIRST:
                tracemalloc.start()
            if number in {FIRST + 3, PAGES - 1}:  # what is kept once has settled by then
                gc.collect()
                kept.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
    assert kept[1] - kept[0] < 60 * PAGE * (PAGES - FIRST - 4), "less than 60 bytes for each customer that was read"
