"""Django's settings, all derived from :class:`scribe_site.config.Config`.

>>> LOGIN_URL, [code for code, name in LANGUAGES]
('login', ['en', 'nl'])
"""

from datetime import timedelta
from typing import Any

import dj_database_url
from django.utils.translation import gettext_lazy as _

from scribe_site.config import BASE_DIR, get_config
from scribe_site.redis_server import embedded_url

config = get_config()
_production = config.mode == "production"

SECRET_KEY = config.signing_secret()
DEBUG = config.debug
ALLOWED_HOSTS = config.answered_hosts
CSRF_TRUSTED_ORIGINS = [config.public_url.rstrip("/")] if config.public_url else []

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "channels",
    "django_htmx",
    "django_rq",
    "scribe_site",
    "simple_history",
    "sessions_app",
    "speakers_app",
    "realtime_app",
]

MIDDLEWARE = [
    "scribe_site.security.content_security_policy",  # first, so that it reaches whatever the others answer
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "scribe_site.languages.ChosenLanguage",
    "scribe_site.login.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "scribe_site.urls"
ASGI_APPLICATION = "scribe_site.asgi.application"

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
            ],
        },
    }
]

# Databases: immediate transactions and a long busy timeout, because several processes write to one SQLite file.
DATABASES: dict[str, Any] = {
    "default": dj_database_url.parse(config.database_url, conn_max_age=60, conn_health_checks=True)
    if config.database_url
    else {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": config.data_dir / "scribe.sqlite3",
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "sessions_app.User"
AUTHENTICATION_BACKENDS = ["scribe_site.guarded_login.GuardedBackend"]
# By name and address together: who guesses from elsewhere does not keep members out.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "campaign-list"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_RESET_TIMEOUT = 24 * 3600
SESSION_COOKIE_AGE = 60 * 24 * 3600

REDIS_URL = config.redis_url or embedded_url(config.data_dir)
RQ_QUEUES = {"scribe": {"URL": REDIS_URL, "DEFAULT_TIMEOUT": -1}}
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # A quiet socket waits on Redis for 5 s at a time; redis-py's own limit is the same 5 s, and would close it.
        "CONFIG": {"hosts": [{"address": REDIS_URL, "socket_timeout": 30}]},
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("nl", _("Dutch"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "scribe_site.formats"
TIME_ZONE = config.time_zone
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = config.data_dir / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = config.media_dir
_file_storage: dict[str, Any] = (
    {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": config.s3_bucket,
            "endpoint_url": config.s3_endpoint_url or None,
            "access_key": config.s3_access_key or None,
            "secret_key": config.s3_secret_key.get_secret_value() or None,
            "file_overwrite": False,
        },
    }
    if config.s3_bucket
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"}
)
STORAGES = {
    "default": _file_storage,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if config.email_host else 'console'}.EmailBackend"
EMAIL_HOST = config.email_host
EMAIL_PORT = config.email_port
EMAIL_HOST_USER = config.email_user
EMAIL_HOST_PASSWORD = config.email_password.get_secret_value()
EMAIL_USE_TLS = config.email_port == 587
DEFAULT_FROM_EMAIL = config.email_from

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _production
SECURE_SSL_REDIRECT = _production
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _production else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _production
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _production else None

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"axes": {"level": "WARNING"}},  # it tells of every login otherwise
}
