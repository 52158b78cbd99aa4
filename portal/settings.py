"""Read every setting from the environment; a local start needs none of them set.

`docs/operations.md` lists the variables. `portal/checks.py` says in a sentence what is wrong with a value.
"""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from portal.lib import embedded_postgres
from portal.lib.environment import is_time_zone, kept_secret, whole_number

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").resolve()

# --- What a deployment sets -------------------------------------------------------------------------------------------
DATABASE_URL = os.environ.get("DATABASE_URL", "")
EMAIL_URL = os.environ.get("EMAIL_URL", "")
EMAIL_SERVICE = os.environ.get("EMAIL_SERVICE", "")
ANYMAIL = {name.removeprefix("ANYMAIL_"): value for name, value in os.environ.items() if name.startswith("ANYMAIL_")}
BOUNCES_URL = os.environ.get("BOUNCES_URL", "")
SENDER_ID = os.environ.get("SENDER_ID", "")
SITE_URL = os.environ.get("SITE_URL", "").rstrip("/")
SECRET_KEY = os.environ.get("SECRET_KEY") or kept_secret(VAR_DIR / "secret-key.txt")
HASH_KEY = os.environ.get("HASH_KEY") or kept_secret(VAR_DIR / "hash-key.txt")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").replace(",", " ").split()
WANTED_TIME_ZONE = os.environ.get("TIME_ZONE") or "America/New_York"
TIME_ZONE = WANTED_TIME_ZONE if is_time_zone(WANTED_TIME_ZONE) else "UTC"
DEBUG = False

# For how many days staff's last call to a place counts (docs/operations.md). A system check keeps them in order.
FRESH_DAYS = whole_number("FRESH_DAYS", 30)
AGEING_DAYS = whole_number("AGEING_DAYS", 60)
DUE_DAYS = whole_number("DUE_DAYS", 90)
STALE_DAYS = whole_number("STALE_DAYS", 180)
# How far from its address the department checks places.
AREA_MILES = whole_number("AREA_MILES", 25)
# When readers get their daily and weekly mails: the hour of the site's day, and the day of the week (0 is Monday).
DIGEST_HOUR = whole_number("DIGEST_HOUR", 9)
DIGEST_WEEKDAY = whole_number("DIGEST_WEEKDAY", 1)
# The module that says which pages and facts of the site a newsletter may hold (docs/decisions.md).
NEWSLETTER_PAGES = "portal.digest"
# How fast the newsletter may leave, over all machines; 0 is as fast as the mail server takes it.
SEND_PER_SECOND = whole_number("SEND_PER_SECOND", 0)
SEND_PER_DOMAIN_PER_MINUTE = whole_number("SEND_PER_DOMAIN_PER_MINUTE", 0)
# For how many days a newsletter reader's traces stay (docs/privacy.md): an address never confirmed, one whose reader
# has left, and who got which edition.
UNCONFIRMED_DAYS = whole_number("UNCONFIRMED_DAYS", 7)
ADDRESS_DAYS = whole_number("ADDRESS_DAYS", 28)
DELIVERY_DAYS = whole_number("DELIVERY_DAYS", 90)
# Of how many single pages one reader may ask to hear.
MOST_PAGE_ALERTS = whole_number("MOST_PAGE_ALERTS", 50)

# A site with an https address is behind a proxy that ends TLS and says so in this header (docs/operations.md).
IS_SECURE = SITE_URL.startswith("https://")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_SECURE else None
SECURE_HSTS_SECONDS = 31536000 if IS_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_SECURE
SECURE_SSL_REDIRECT = IS_SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE

# --- The parts --------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "modeltranslation",
    "portal.apps.FaroAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.contrib.postgres",
    "django_prose_editor",
    "reversion",
    "csp",
    "portal",
    "portal.accounts",
    "portal.editorial",
    "portal.reference",
    "portal.articles",
    "portal.overdose",
    "resources",
    "newsletter",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # no secret stands in a page but form tokens, which never repeat
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "portal.middleware.forms_in_utf8",
    "portal.middleware.staff_pages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context_processors.site",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "portal.templatetags.portal"],
        },
    }
]

# --- Data -------------------------------------------------------------------------------------------------------------
# An address of another kind is reported by a check, which needs settings that load.
if DATABASE_URL.startswith(("postgres://", "postgresql://")):
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
else:
    DATABASES = {"default": embedded_postgres.settings(VAR_DIR)}

# Limits and counters must hold across processes and machines, so the cache is a table (made by a migration).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portal_cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},  # beyond it rows are thrown out that still hold a limit
    }
}

# --- Languages --------------------------------------------------------------------------------------------------------
# A third language is a line here, a migration and a catalogue.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
# In these no text that a life may depend on can be missing; a new language joins them when it is translated.
COMPLETE_LANGUAGES = ["en", "es"]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["portal.formats"]
MODELTRANSLATION_ENABLE_FALLBACKS = False
MODELTRANSLATION_CUSTOM_FIELDS = ("RichTextField",)

# --- Privacy and security ---------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        # The admin's rich-text editor adds one style of its own; this is the hash of exactly that text.
        "style-src": [SELF, "'sha256-PlumsSlvJ7vvWzjqibGAYKq92O3y/4JTxWWsWJvyUYA='"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "portal.views.refused"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin/"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"

# A log line says what broke, never for whom: no query, no address, no form values.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_person": {"()": "portal.lib.logs.WithoutPerson"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["no_person"]},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"level": "ERROR"},  # what was not found stands in the access log
        "gunicorn.http.wsgi": {"level": "ERROR"},  # never "gunicorn" itself: that would silence its access log
    },
}

# --- Files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# Beside what is compressed already, leave out the source maps: nobody downloads them, and they take half the time.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
MEDIA_ROOT = VAR_DIR / "media"
MEDIA_URL = "/media/"
