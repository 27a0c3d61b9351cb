"""The product's settings as they are, for real server processes; what they send to QuickBooks is recorded.

People's passwords are hashed as they are in service, but in a tenth of the time: each journey signs somebody in.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher

from standpipe.site.settings import *  # noqa: F403
from standpipe.site.settings import MIDDLEWARE


class QuickArgon2(Argon2PasswordHasher):
    time_cost, memory_cost, parallelism = 1, 1024, 1


MIDDLEWARE = ["support.requests_log.RecordRequests", *MIDDLEWARE]  # before the one that answers Web Connectors
PASSWORD_HASHERS = ["support.served_settings.QuickArgon2"]
