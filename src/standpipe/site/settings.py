"""One settings file. Seven environment variables change it (design 7); everything else has a safe default."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from .mail import UnreadableAddress, read_mail_address

PACKAGE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("STANDPIPE_DATA_DIR", "standpipe-data")).absolute()


def _secret_key() -> str:
    """The environment's, else one that is made once and kept beside the data, readable by its owner only."""
    if key := os.environ.get("STANDPIPE_SECRET_KEY"):
        return key
    path = DATA_DIR / "secret-key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was first
            return path.read_text()
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


SECRET_KEY = _secret_key()
BASE_URL = os.environ.get("STANDPIPE_BASE_URL", "http://localhost:8000").rstrip("/")
SESSION_SECONDS = int(os.environ.get("STANDPIPE_SESSION_SECONDS", "300"))
_base = urlsplit(BASE_URL)

DEBUG = False
ALLOWED_HOSTS = sorted({_base.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"})
CSRF_TRUSTED_ORIGINS = [f"{_base.scheme}://{_base.netloc}"]
ROOT_URLCONF = "standpipe.site.urls"
WSGI_APPLICATION = "standpipe.site.wsgi.application"
AUTH_USER_MODEL = "organizations.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "standpipe.site",
    "standpipe.ui",
    "standpipe.organizations",
    "standpipe.activity",
    "standpipe.accounts",
    "standpipe.buildings",
    "standpipe.contacts",
    "standpipe.catalog",
    "standpipe.invoices",
    "standpipe.payments",
    "standpipe.quickbooks.connections",
    "standpipe.quickbooks.lists",
    "standpipe.quickbooks.items",
    "standpipe.quickbooks.linking",
    "standpipe.quickbooks.matching",
    "standpipe.quickbooks.importing",
    "standpipe.quickbooks.drift",
    "standpipe.quickbooks.posting",
    "standpipe.quickbooks.notices",
    "standpipe.quickbooks.exchange",
    "standpipe.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "axes",
]

MIDDLEWARE = [
    "standpipe.quickbooks.exchange.middleware.WebConnectorsFirst",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "standpipe.api.idempotency.IdempotencyMiddleware",
    "standpipe.api.auth.OrganizationTime",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "standpipe.organizations.access.organization_context",
                "standpipe.ui.theme.theme_context",
            ],
            "builtins": ["standpipe.ui.templatetags.ui"],
        },
    }
]

DATABASE_URL = os.environ.get("DATABASE_URL", f"sqlite:///{DATA_DIR / 'standpipe.db'}")
if not DATABASE_URL.startswith(("sqlite://", "postgres://", "postgresql://")):
    raise ImproperlyConfigured("DATABASE_URL must begin with sqlite:// or postgresql://.")
DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=600)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: a committed intent must survive a loss of power (design 7).
        # 16 MB of pages, 2 unless told: applying a list touches its rows and eight indexes (docs/performance.md). Of
        # 8 KB they are fewer to touch; SQLite takes their size when it makes the file, and keeps it.
        "init_command": "PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        " PRAGMA foreign_keys=ON; PRAGMA cache_size=-16384;",
    }

# Only counts of wrong connector passwords stand here: in files, because every worker has to count on.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache",
        "TIMEOUT": 15 * 60,
    }
}

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False  # no banner in the log of every command
AXES_USERNAME_FORM_FIELD = "username"  # the sign-in form's, not the model's; else nobody is told from anybody
AXES_LOCKOUT_CALLABLE = "standpipe.organizations.views.locked_out"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"

# E-mails: none without STANDPIPE_EMAIL_URL. One that cannot be read sends none either; `standpipe check` says why.
EMAIL_PROBLEM = ""
try:
    _mail = read_mail_address(os.environ.get("STANDPIPE_EMAIL_URL", ""))
except UnreadableAddress as _unreadable:
    EMAIL_PROBLEM, _mail = str(_unreadable), read_mail_address("")
globals().update(_mail)
EMAIL_IS_SET_UP = not _mail["EMAIL_BACKEND"].endswith("dummy.EmailBackend")
DEFAULT_FROM_EMAIL = os.environ.get("STANDPIPE_EMAIL_FROM", f"Standpipe <no-reply@{_base.hostname or 'localhost'}>")

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = None  # nothing is collected: WhiteNoise serves each room's own static folder, read once at start
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _base.scheme == "https"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # pages and API; the SOAP view reads its own body with its own cap
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}
