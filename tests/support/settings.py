"""The product's settings as the suite runs them: their own data folder, a cheap hash for people's passwords."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# pytest-xdist's workers inherit the folder of the process that started them, which alone removes it.
if "STANDPIPE_TESTS_DIR" not in os.environ:
    os.environ["STANDPIPE_TESTS_DIR"] = tempfile.mkdtemp(prefix="standpipe-tests-")
    atexit.register(shutil.rmtree, os.environ["STANDPIPE_TESTS_DIR"], ignore_errors=True)

_folder = Path(os.environ["STANDPIPE_TESTS_DIR"], os.environ.get("PYTEST_XDIST_WORKER", "main"))
_folder.mkdir(exist_ok=True)
os.environ["STANDPIPE_DATA_DIR"] = str(_folder)
os.environ["STANDPIPE_SECRET_KEY"] = "tests-only"
os.environ["STANDPIPE_BASE_URL"] = "http://localhost:8000"
os.environ["STANDPIPE_SESSION_SECONDS"] = "300"

from standpipe.site.settings import *  # noqa: E402, F403 - the environment comes first
from standpipe.site.settings import INSTALLED_APPS, MIDDLEWARE, PASSWORD_HASHERS  # noqa: E402

INSTALLED_APPS = [*INSTALLED_APPS, "support.emptying"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
_CHEAPER = {"whitenoise.middleware.WhiteNoiseMiddleware": "support.static_files.FoundOnce"}
MIDDLEWARE = [
    "support.requests_log.RecordRequests",  # before the one that answers Web Connectors
    *(_CHEAPER.get(name, name) for name in MIDDLEWARE),
]
