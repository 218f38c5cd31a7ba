"""One settings file. Every value a clinic may change comes from the environment (see `.env.example`).

`PLUMBLINE_ENV` chooses how strict the start is: `development` and `test` make up what is missing, `demo` also
opens the demo pages, `production` stops with one sentence when a secret or an address is missing. What a value must be
is in `clinic.environment.usable`.
"""

import os
import warnings
from email.utils import formataddr
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import Env, EnvError

from clinic.embedded.running import running_urls
from clinic.environment import coming_back, usable
from clinic.environment.keys import local_key
from clinic.environment.usable import refused
from clinic.messages.quiet import QuietHours
from clinic.running.beat import SCHEDULE
from clinic.running.logs import logging_with

BASE_DIR = Path(__file__).resolve().parent.parent
STATE_DIR = BASE_DIR / ".state"


env = Env(expand_vars=False)
ENVIRONMENT = usable.environment()
# The demo running in this folder, so that commands typed beside it use its servers.
_running = {} if ENVIRONMENT == "test" else running_urls()
PRODUCTION = ENVIRONMENT == "production"
DEMO = ENVIRONMENT == "demo"
DEBUG = False


def required(name: str, otherwise: str) -> str:
    """The setting `name`; outside production `otherwise` stands in when it is not set."""
    value = os.environ.get(name, "")
    if value:
        return value
    if PRODUCTION:
        raise refused(f"{name} is not set; production does not start without it. See .env.example.")
    return otherwise


def read(kind: str, name: str, default: Any) -> Any:
    """Return a typed setting, refused with one sentence that names it."""
    try:
        return getattr(env, kind)(name, default)
    except (EnvError, ValueError) as error:
        reason = str(error).rpartition("invalid: ")[2].rstrip(".")
        raise refused(f"{name} cannot be used: {reason}. See .env.example.") from error


# Keys -----------------------------------------------------------------------------------------------------------
SECRET_KEY = required("SECRET_KEY", local_key("secret"))
LINK_KEY = required("LINK_KEY", local_key("link"))  # secrets of mailed links are derived from it
# newest first; encrypts second-factor secrets
FIELD_KEYS = usable.keys(SECRET_KEY, LINK_KEY, required("FIELD_KEYS", local_key("field")))

# Where we are ---------------------------------------------------------------------------------------------------
# Mailed links begin with it.
SITE_URL = usable.site_url(required("SITE_URL", _running.get("SITE_URL", "http://localhost:8000")), PRODUCTION)
ALLOWED_HOSTS = usable.allowed_hosts(required("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]"), SITE_URL, PRODUCTION)
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL.startswith("https://") else []
# Proxies in front of us whose X-Forwarded-For we believe.
TRUSTED_PROXIES = usable.within("TRUSTED_PROXIES", read("int", "TRUSTED_PROXIES", 0), 0, 9)
ORGANIZATION = usable.one_line("ORGANIZATION", os.environ.get("ORGANIZATION", "Plumbline Physical Therapy"))

INSTALLED_APPS = [
    "clinic",
    "clinic.staff",
    "clinic.sign_in",
    "clinic.audit",
    "clinic.links",
    "clinic.messages",
    "clinic.typed",
    "clinic.on_call",
    "intake",
    "referrals",
    "demo",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",  # widgets are found where every template is
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "heroicons",
    "pgtrigger",
    "pghistory",
]

MIDDLEWARE = [
    "clinic.web.request_id.Numbered",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "clinic.web.middleware.NothingCached",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "clinic.typed.middleware.TypedWordsKept",
    "clinic.web.middleware.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "clinic.sign_in.middleware.OnlySignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "clinic.sign_in.middleware.SignedOutWhenIdle",
    "clinic.sign_in.middleware.SecondFactorRequired",
    "clinic.owning.middleware.NotSetUpYet",
    "clinic.audit.middleware.WhoChangedIt",
    "clinic.audit.middleware.WhoWasRefused",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "clinic.web.busy.BusyDatabase",
]

ROOT_URLCONF = "clinic.urls"
WSGI_APPLICATION = "clinic.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clinic.web.context.house",
                "intake.context.protocol",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# Data -----------------------------------------------------------------------------------------------------------
DATABASE_URL = required("DATABASE_URL", _running.get("DATABASE_URL", "postgresql://localhost/plumbline"))
os.environ.setdefault("DATABASE_URL", DATABASE_URL)
DATABASES = {"default": usable.database(DATABASE_URL, read("dj_db_url", "DATABASE_URL", DATABASE_URL), PRODUCTION)}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {"options": "-c statement_timeout=15000 -c lock_timeout=5000", "connect_timeout": 5}
    | DATABASES["default"].get("OPTIONS", {}),  # what the address itself asks for, such as sslmode, wins
}

BROKER_URL = usable.broker(required("BROKER_URL", _running.get("BROKER_URL", "redis://localhost:6379/0")), PRODUCTION)
_broker_is_redis = BROKER_URL.startswith(("redis://", "rediss://", "redis+socket://"))
# Where the workers of a replay leave their parts. Sign-in needs none: what it counts is in the database.
CACHE_URL = os.environ.get("CACHE_URL") or (BROKER_URL if _broker_is_redis else "")
if CACHE_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": usable.shared_cache(CACHE_URL, PRODUCTION),
            "KEY_PREFIX": "plumbline",
        }
    }

CELERY_BROKER_URL = BROKER_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # beat and workers would end with the hundredth, five minutes later
CELERY_BROKER_HEARTBEAT = 10  # seconds; RabbitMQ's line that is dead and does not say so ends with the second missed
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300  # stays under the visibility timeout, or a long task would run twice
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
if _broker_is_redis:
    # With the defaults an unacknowledged task can wait far longer than the timeout before it is seen again.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 600,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "health_check_interval": 10,  # a line that is dead and does not say so is given up after 11 to 21 seconds
    }
CELERY_BEAT_SCHEDULE = SCHEDULE

# Mail -----------------------------------------------------------------------------------------------------------
EMAIL_URL = required("EMAIL_URL", _running.get("EMAIL_URL", "smtp://127.0.0.1:8025"))
os.environ.setdefault("EMAIL_URL", EMAIL_URL)
with warnings.catch_warnings(action="ignore"):  # its reader would rather not read smtps://; `usable.mail` does
    _mail = read("dj_email_url", "EMAIL_URL", EMAIL_URL)
_mail = usable.mail(EMAIL_URL, _mail, PRODUCTION)
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10  # seconds for each answer; five of them stay within the lease of a message
try:
    QUIET_HOURS = QuietHours.from_text(os.environ.get("QUIET_HOURS", "21-8"))  # no routine mail, by its reader's clock
except ValueError as error:
    raise refused(f"QUIET_HOURS cannot be used: {error}. See .env.example.") from error
MORNING_MAIL = usable.hour("MORNING_MAIL", os.environ.get("MORNING_MAIL", "8"))  # on the clock of each location
# Reminders wait for the next day once their reader had so many routine mails in one.
MOST_MAILS_A_DAY = usable.within("MOST_MAILS_A_DAY", read("int", "MOST_MAILS_A_DAY", 3), 1, 100)
# More send faster, and leave more mails in doubt after a crash.
SWEEPS_AT_ONCE = usable.within("SWEEPS_AT_ONCE", read("int", "SWEEPS_AT_ONCE", 1), 1, 100)
# Where bounces go, each mail by a name of its own (bounces+...@): a mailbox, and whose reports are believed.
BOUNCE_ADDRESS = coming_back.address(os.environ.get("BOUNCE_ADDRESS", ""))
BOUNCE_MAILBOX = coming_back.mailbox(os.environ.get("BOUNCE_MAILBOX", ""), PRODUCTION)
MAIL_HOOK_KEYS = coming_back.keys(os.environ.get("MAIL_HOOK_KEYS", ""))
_from_us = formataddr((ORGANIZATION, "no-reply@localhost"))
SECURITY_CONTACT = usable.security_contact(os.environ.get("SECURITY_CONTACT", ""))  # in /.well-known/security.txt
DEFAULT_FROM_EMAIL = usable.sender(required("FROM_EMAIL", _from_us), PRODUCTION)
MESSAGE_ID_DOMAIN = usable.domain("MESSAGE_ID_DOMAIN", os.environ.get("MESSAGE_ID_DOMAIN", "plumbline.invalid"))

# People ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "queue"
ACCOUNT_ADAPTER = "clinic.sign_in.adapters.StaffAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are made by the clinic with the person in the room
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody is written to because a stranger typed their address
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False  # those count in a cache; `clinic.sign_in.tries` counts in the database
ACCOUNT_FORMS = {
    "login": "clinic.sign_in.forms.PasswordForm",
    "reset_password": "clinic.sign_in.forms.ForgottenPasswordForm",
    "change_password": "clinic.sign_in.forms.NewPasswordForm",
}
MFA_FORMS = {
    "authenticate": "clinic.sign_in.second_step.SecondStepForm",
    "reauthenticate": "clinic.sign_in.second_step.ConfirmForm",
    "activate_totp": "clinic.sign_in.second_step.SetUpForm",
}
MFA_ADAPTER = "clinic.sign_in.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs up: whose address it is, is the clinic's word
MFA_TOTP_ISSUER = "Plumbline"
MFA_TOTP_TOLERANCE = 1  # a code may be one step old: people type slowly

SESSION_COOKIE_NAME = "__Host-staff" if PRODUCTION else "plumbline_staff"
SESSION_COOKIE_AGE = 12 * 3600
STAFF_IDLE_MINUTES = usable.within("STAFF_IDLE_MINUTES", read("int", "STAFF_IDLE_MINUTES", 15), 5, 30)
PATIENT_IDLE_MINUTES = usable.within("PATIENT_IDLE_MINUTES", read("int", "PATIENT_IDLE_MINUTES", 20), 5, 60)
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "plumbline_csrf"
CSRF_FAILURE_VIEW = "clinic.web.views.csrf_failure"

# The browser ----------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"  # `no-referrer` would make browsers send `Origin: null` and fail CSRF
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SILENCED_SYSTEM_CHECKS = ["security.W021"]  # the list that browsers carry takes whole domains, not one host of them
    SECURE_REDIRECT_EXEMPT = ["^(livez|readyz|healthz|metrics)$"]  # probes come from inside, without the proxy
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

# Files from outside -----------------------------------------------------------------------------------------------
FILE_MEGABYTES = usable.within("FILE_MEGABYTES", read("int", "FILE_MEGABYTES", 50), 1, 2000)  # of one file
FILES_EACH_INTAKE = usable.within("FILES_EACH_INTAKE", read("int", "FILES_EACH_INTAKE", 10), 1, 100)
# Of all files of one intake, and of one request.
FILES_MEGABYTES = usable.within("FILES_MEGABYTES", read("int", "FILES_MEGABYTES", 200), FILE_MEGABYTES, 10_000)
# Of a disk, for everything else.
FILES_KEEP_FREE_MEGABYTES = usable.within(
    "FILES_KEEP_FREE_MEGABYTES", read("int", "FILES_KEEP_FREE_MEGABYTES", 500), 0, 1_000_000
)
FILE_UPLOAD_HANDLERS = [
    "clinic.files.receiving.Counted",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
SCANNER_URL = os.environ.get("SCANNER_URL", "")  # clamd; without one files stay "not yet scanned"
if SCANNER_URL:
    SCANNER_URL = usable.scanner(SCANNER_URL, PRODUCTION)
TEXT_URL = os.environ.get("TEXT_URL", "")  # a gateway for text messages; without one there is no second channel
if TEXT_URL:
    TEXT_URL = usable.gateway("TEXT_URL", TEXT_URL, PRODUCTION)
TEXT_TOKEN = os.environ.get("TEXT_TOKEN", "")
FAX_URL = os.environ.get("FAX_URL", "")  # a gateway for faxes; without one letters are printed and faxed by hand
if FAX_URL:
    FAX_URL = usable.gateway("FAX_URL", FAX_URL, PRODUCTION)
FAX_TOKEN = os.environ.get("FAX_TOKEN", "")
CONSENTS_DIR = os.environ.get("CONSENTS_DIR", "")  # the clinic's own texts to sign; without it the samples
if CONSENTS_DIR:
    CONSENTS_DIR = usable.readable_folder("CONSENTS_DIR", CONSENTS_DIR)

STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
FACES_DIR = STATE_DIR / "faces"  # cut at set-up by `python -m clinic.faces`; without them, the system's own
if FACES_DIR.is_dir():
    STATICFILES_DIRS.append(("faces", FACES_DIR))
FILES_DIR = os.environ.get("FILES_DIR") or str(STATE_DIR / "files")
# Where the nightly dumps lie; without it nobody asks for a backup that was proved.
BACKUPS_DIR = os.environ.get("BACKUPS_DIR", "")
if BACKUPS_DIR:
    BACKUPS_DIR = usable.readable_folder("BACKUPS_DIR", BACKUPS_DIR)
BACKUP_DAYS = usable.within("BACKUP_DAYS", read("int", "BACKUP_DAYS", 8), 1, 100)
if PRODUCTION:
    FILES_DIR = usable.private_folder("FILES_DIR", FILES_DIR, [STATIC_ROOT, BASE_DIR / "static", FACES_DIR])
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": FILES_DIR,
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if ENVIRONMENT in ("test", "development")
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = ENVIRONMENT in ("test", "development")

# Words ----------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "clinic.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "America/New_York"  # the default of a new location; each location has its own

METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")  # what Prometheus brings; without one there is no /metrics
if METRICS_TOKEN and not (METRICS_TOKEN.isascii() and METRICS_TOKEN.isprintable() and len(METRICS_TOKEN) >= 20):
    raise refused("METRICS_TOKEN can be guessed; make it of 20 characters or more.")
LOG_LEVEL = os.environ.get("LOG_LEVEL", "INFO")
if LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR"):
    raise refused(f"LOG_LEVEL is {LOG_LEVEL!r}; it must be DEBUG, INFO, WARNING or ERROR.")
LOG_FORMAT = os.environ.get("LOG_FORMAT", "line")
if LOG_FORMAT not in ("line", "json"):
    raise refused(f"LOG_FORMAT is {LOG_FORMAT!r}; it must be line or json.")
LOGGING = logging_with(LOG_LEVEL, LOG_FORMAT)
