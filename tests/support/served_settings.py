"""The product's settings as they are, for real server processes; what they send to QuickBooks is recorded."""

from standpipe.site.settings import *  # noqa: F403
from standpipe.site.settings import MIDDLEWARE

MIDDLEWARE = ["support.requests_log.RecordRequests", *MIDDLEWARE]  # before the one that answers Web Connectors
