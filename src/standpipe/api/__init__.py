"""REST for programs, under ``/api/v1/``: the same actions and queries as the pages, in JSON."""
