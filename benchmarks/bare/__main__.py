"""Serves it as `standpipe serve` serves Standpipe: `python -m benchmarks.bare PORT [DATABASE_URL]`."""

import os
import sys

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import Server as Granian

from standpipe.site.serve import BLOCKING_THREADS

if __name__ == "__main__":
    if len(sys.argv) > 2:
        os.environ["BARE_DATABASE"] = sys.argv[2]  # read by the worker's process
    Granian(
        "benchmarks.bare.project:application",
        address="127.0.0.1",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        backpressure=256,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(keep_alive=True),
        websockets=False,
    ).serve()
