"""The one settings file: every environment reads it, only variables differ (docs/deployment.md)."""

from pathlib import Path
from urllib.parse import urlsplit

import django_countries
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from crp import env, logs

BASE_DIR = Path(__file__).resolve().parent.parent
CRP_ENV = env.choice("CRP_ENV", ("development", "test", "production"), "development")
PRODUCTION = CRP_ENV == "production"
TESTING = CRP_ENV == "test"
DEBUG = env.flag("DEBUG", False) and not PRODUCTION
DATA_DIR = env.directory("CRP_DATA", BASE_DIR / "var")
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
EXTERNAL_DATABASE = env.flag("CRP_EXTERNAL_DATABASE", False)
DEMO = env.flag("CRP_DEMO", False)
LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]", "::1"}
if DEMO and (PRODUCTION or EXTERNAL_DATABASE or {urlsplit(PUBLIC_URL).hostname, *ALLOWED_HOSTS} - LOCAL_HOSTS):
    # It signs anybody in with one click.
    raise ImproperlyConfigured(
        "CRP_DEMO=1 is for a program of its own on this machine: no DATABASE_URL, no public host."
    )

DEVELOPMENT_KEY = "development-only-key-never-used-where-others-can-reach-it"
SECRET_KEY = env.text("SECRET_KEY", "" if PRODUCTION else DEVELOPMENT_KEY)
if PRODUCTION and (len(SECRET_KEY) < 50 or SECRET_KEY == DEVELOPMENT_KEY):
    raise ImproperlyConfigured("SECRET_KEY must be set to at least 50 random characters in production.")

INSTALLED_APPS = [
    "crp.ui",
    "crp.rest",
    "crp.events",
    "crp.links",
    "crp.accounts",
    "crp.outbox",
    "crp.inbox",
    "crp.imports",
    "references",
    "materials",
    "requests_app",
    "metrics",
    "crp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "knox",
    "pgtrigger",
    "rest_framework",
]

MIDDLEWARE = [
    "crp.health.HealthMiddleware",
    "crp.logs.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "crp.imports.refusing.TooLargeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crp.accounts.middleware.PersonalSettingsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "crp.ui.refusals.RefusalMiddleware",
    "crp.rest.nonsense.NonsenseMiddleware",
]

ROOT_URLCONF = "crp.urls"
WSGI_APPLICATION = "crp.wsgi.application"
FORM_RENDERER = "crp.ui.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crp.ui.context.shell",
            ],
        },
    }
]

# Without DATABASE_URL, bin/run and bin/manage start a PostgreSQL of their own and set it.
DATABASES = {
    "default": {
        **(
            env.database("DATABASE_URL")
            if env.text("DATABASE_URL")
            else {"ENGINE": "django.db.backends.postgresql", "NAME": "crp"}
        ),
        "CONN_MAX_AGE": env.number("CONN_MAX_AGE", 60),
        "CONN_HEALTH_CHECKS": True,
    }
}
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"] = {
    "connect_timeout": 5,
    "options": "-c lock_timeout=3s -c statement_timeout=30s -c TimeZone=UTC "
    # A page's query begins where its index is and names its joins in order: trying all other orders of seven tables
    # takes PostgreSQL 20 ms, fifteen times as long as the query itself (bench/why.md).
    "-c join_collapse_limit=4 -c from_collapse_limit=4",
    **DATABASES["default"]["OPTIONS"],
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {"default": {"BACKEND": "crp.ui.cache.ForgivingRedisCache", "LOCATION": REDIS_URL}}

# -- who signs in, and how -------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "crp.accounts.adapter.Adapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
USERSESSIONS_TRACK_ACTIVITY = False
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # The limits have a test of their own, which turns them on.
    ACCOUNT_RATE_LIMITS = False  # type: ignore[assignment]

# -- the browser's guard rails ---------------------------------------------------------------
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = PRODUCTION and env.flag("SECURE_SSL_REDIRECT", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", False) else None
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# -- languages -------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ar", _("Arabic")), ("fa", _("Persian"))]
CATALOGUES = ("crp", "references", "materials", "requests_app", "metrics")
# The names of countries come translated with their package, whose flags we do not want among our static files.
LOCALE_PATHS = [*(BASE_DIR / "locale" / name for name in CATALOGUES), Path(django_countries.__file__).parent / "locale"]
LANGUAGE_COOKIE_NAME = "crp_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = USE_TZ = True
TIME_ZONE = "UTC"
PROGRAM_NAME = env.text("PROGRAM_NAME", "Halden" if DEMO else "References")
PROGRAM_TIME_ZONE = env.text("PROGRAM_TIME_ZONE", "Europe/Berlin" if DEMO else "UTC")
PROGRAM_CURRENCY = env.text("PROGRAM_CURRENCY", "EUR" if DEMO else "USD")

# -- files -----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "build" / "collected"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    *([BASE_DIR / "build" / "static"] if (BASE_DIR / "build/static").is_dir() else []),
]
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
WHITENOISE_AUTOREFRESH = DEBUG or TESTING

# -- mail: the outbox delivers through this --------------------------------------------------
EMAIL = env.mail("EMAIL_URL", DATA_DIR / "mail")
EMAIL_BACKEND, EMAIL_HOST, EMAIL_PORT = EMAIL["BACKEND"], EMAIL["HOST"], EMAIL["PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = EMAIL["USER"], EMAIL["PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL, EMAIL_FILE_PATH = EMAIL["USE_TLS"], EMAIL["USE_SSL"], EMAIL["FILE_PATH"]
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"{PROGRAM_NAME} <references@localhost>")

# -- API -------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["crp.rest.nonsense.ObjectParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "crp.rest.pagination.Cursor",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "crp.rest.problems.handler",
    "PAGE_SIZE": 50,
    "COERCE_DECIMAL_TO_STRING": True,
}
REST_KNOX = {"TOKEN_TTL": None, "AUTO_REFRESH": False, "TOKEN_LIMIT_PER_USER": 20}
SPECTACULAR_SETTINGS = {
    "TITLE": "CRP",
    "DESCRIPTION": "The customer reference program's API. Lists show what the caller may see, nothing else.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "DEFAULT_GENERATOR_CLASS": "crp.rest.schema.KeptSchema",
    "COMPONENT_SPLIT_REQUEST": True,
    # Fields of one name with other choices: the schema needs a word for each.
    "ENUM_NAME_OVERRIDES": {
        "SurveyKind": "references.models.survey.SurveyKind",
        "OutcomeEnum": "references.models.activity.Outcome",
        "RowOutcome": "crp.imports.outcomes.OutcomeKind",
        "ImportState": "crp.imports.models.RunState",
    },
}

# -- tasks: PostgreSQL holds the truth, Celery only wakes work up (docs/decisions.md) ---------
CELERY_BROKER_URL = env.broker("CELERY_BROKER_URL", REDIS_URL)

LOGGING = logs.config(as_json=PRODUCTION)
DJANGO_STRUCTLOG_CELERY_ENABLED = False
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True  # crp.logs.RequestIdMiddleware has checked it
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = 10
SILENCED_SYSTEM_CHECKS: list[str] = []
