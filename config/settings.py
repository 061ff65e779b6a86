"""Django's settings. What an installation chooses is in `config.env`; what Lifeguard decides is here."""

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from csp.constants import NONE, SELF

from config.env import Site, load
from config.logs import configuration
from config.site_middleware import middleware_of

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = load()

DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key.get_secret_value()
DATA_KEYS = ENV.data_keys
SITE = ENV.site
DASHBOARD_URL = ENV.dashboard_url
SIGNIN_URL = ENV.signin_url
PRODUCT_NAME = ENV.product_name
TRUSTED_PROXIES = ENV.trusted_proxies

_own = urlsplit(ENV.own_url)
_secure = _own.scheme == "https"
ALLOWED_HOSTS = [_own.hostname or ""]
CSRF_TRUSTED_ORIGINS = [ENV.own_url]
ROOT_URLCONF = f"config.urls.{SITE}"
WSGI_APPLICATION = "config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "config.apps.ConfigConfig",
    "tenants",
    "identity",
    "federation",
]

MIDDLEWARE = middleware_of(SITE)

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.product",
                "config.context.frame",
            ],
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": ["template_partials.templatetags.partials"],
            "libraries": {"heroicons": "config.icons"},
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_database = urlsplit(ENV.database_url)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path.lstrip("/"),
        "USER": unquote(_database.username or ""),
        "PASSWORD": unquote(_database.password or ""),
        "HOST": _database.hostname or "",
        "PORT": str(_database.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, **dict(parse_qsl(_database.query))},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = ENV.redis_url
TASK_QUEUE = "lifeguard"
CACHES = {
    "default": {
        "BACKEND": "config.cache.KeptRedisCache",
        "LOCATION": ENV.redis_url,
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
}

AUTH_USER_MODEL = "tenants.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "identity.password_validators.LeakedPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

# Operators sign in with allauth's local accounts; nobody signs up by themselves.
ACCOUNT_ADAPTER = "config.accounts.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "federation.dashboard_login.adapter.SocialAccountAdapter"
ACCOUNT_FORMS = {"login": "config.account_forms.LoginForm", "reset_password": "config.account_forms.ResetPasswordForm"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# An address without an account is mailed too, so that the answer takes as long: fewer, then, than allauth's 5 a minute.
ACCOUNT_RATE_LIMITS = {"reset_password": "20/h/ip,5/h/key"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _own.scheme
# allauth's rate limits count by client address, and have to mean the same one as our audit log.
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = PRODUCT_NAME
# One step of delay between typing and checking (RFC 6238 section 5.2). These forms see to it that a code works once.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "config.mfa_forms.AuthenticateForm",
    "reauthenticate": "config.mfa_forms.ReauthenticateForm",
}
# allauth asks for a verified address so that nobody who signed up with somebody else's locks them out. Nobody signs up
# here: a colleague adds operators, and they get in by a link that was mailed to the address.
MFA_ALLOW_UNVERIFIED_EMAIL = True
# Browsers treat http://localhost as a secure context; the origin check of WebAuthn needs to be told.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _secure

# Cookies are not separated by port, so the two sites have names of their own (RFC 6265 section 8.5).
_prefix = "__Host-" if _secure else ""
SESSION_COOKIE_NAME = f"{_prefix}lifeguard_{SITE}_session"
CSRF_COOKIE_NAME = f"{_prefix}lifeguard_{SITE}_csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_ENGINE = "django.contrib.sessions.backends.db"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

SECURE_SSL_REDIRECT = _secure
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _secure
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # A member's sign-out is a form on the dashboard that ends on the sign-in host.
        "form-action": [SELF, SIGNIN_URL] if SITE is Site.DASHBOARD else [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

_mail = urlsplit(ENV.email_url)
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = _mail.hostname
EMAIL_PORT = _mail.port or {"smtp": 25, "smtp+tls": 587, "smtps": 465}[_mail.scheme]
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_TLS = _mail.scheme == "smtp+tls"
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ENV.email_from

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / ".static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
# A logo is the largest thing anybody sends.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LANGUAGE_CODE = "en"
# Those in which the pages and mails of end users ship (docs/languages.md). The dashboard's are in English alone: where
# only some of the texts of a page have a translation, two languages would mix on it.
BRAND_LANGUAGES = [
    ("en", "English"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("pt", "Português"),
    ("ja", "日本語"),
]
LANGUAGES = BRAND_LANGUAGES if SITE is Site.SIGNIN else BRAND_LANGUAGES[:1]
LOCALE_PATHS = [BASE_DIR / "federation" / "locale"]
TIME_ZONE = "UTC"
USE_I18N = USE_TZ = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["identity.api.authentication.AccessTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["identity.api.parsers.BoundedJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.errors.problem_response",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lifeguard API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Fields of one name whose choices differ need names of their own in the schema.
    "ENUM_NAME_OVERRIDES": {
        "ResourceState": "identity.models.ResourceState",
        "BulkKind": "identity.models.BulkKind",
        "BulkState": "identity.models.BulkState",
        "ChangeOrSee": "identity.api.policy.CHANGE_OR_SEE",
        "ConnectionKind": "federation.models.ConnectionKind",
        "ConnectionStatus": "federation.models.ConnectionStatus",
        "ConnectionTestState": "federation.models.ConnectionTestState",
        "DomainStatus": "federation.models.DomainStatus",
        "PlanOutcome": "identity.models.PlanOutcome",
        "RuleDestination": "federation.domains.routing.Destination",
        "RuleScope": "federation.domains.routing.Scope",
        "SignInOutcome": "federation.models.SignInOutcome",
        "SpecialRuleScope": "federation.api.domain_serializers.SPECIAL_SCOPES",
        "RoleOrNone": "identity.api.serializers.ROLES",
        "StepState": "identity.models.StepState",
    },
}

SYNC_LEASE_SECONDS = ENV.sync_lease_seconds
SYNC_SWEEP_SECONDS = ENV.sync_sweep_seconds
SYNC_CREATE_GRACE_SECONDS = ENV.sync_create_grace_seconds
PULL_INTERVAL_SECONDS = ENV.pull_interval_seconds
FETCH_ALLOWED_NETWORKS = ENV.fetch_networks
DNS_SERVERS = ENV.name_servers
LEAKED_PASSWORDS_URL = ENV.leaked_passwords_url
LEAKED_PASSWORDS_FILE = ENV.leaked_passwords_file

METRICS_PORT = ENV.metrics_port
METRICS_HOST = ENV.metrics_host
LOGGING = configuration(ENV.log_level, ENV.log_format)
IS_DASHBOARD = Site.DASHBOARD is SITE
