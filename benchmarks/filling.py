"""Fills a server's database past the server: `python -m benchmarks.filling SLUG CUSTOMERS`, in its environment."""

import json
import sys

import django

if __name__ == "__main__":
    django.setup()
    from .large import fill

    print(json.dumps(fill(sys.argv[1], int(sys.argv[2]))))
