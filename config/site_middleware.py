"""Which middleware each of the two sites runs, in order."""

from config.env import Site

_DASHBOARD = frozenset({Site.DASHBOARD})
_BOTH = frozenset(Site)

# The sign-in host has no Django session, no accounts and no htmx: its sessions are `federation.models.BrowserSession`,
# by cookies of its own (`federation.signin.cookies`), and its services make the actor of each request themselves.
_MIDDLEWARE = (
    ("config.middleware.request_id", _BOTH),
    ("config.http_metrics.timed", _BOTH),
    ("django.middleware.security.SecurityMiddleware", _BOTH),
    ("whitenoise.middleware.WhiteNoiseMiddleware", _BOTH),
    ("config.middleware.never_stored", _BOTH),
    ("config.content_policy.ContentPolicy", _BOTH),
    ("django.contrib.sessions.middleware.SessionMiddleware", _DASHBOARD),
    ("config.middleware.language", _BOTH),
    ("django.middleware.common.CommonMiddleware", _BOTH),
    ("django.middleware.csrf.CsrfViewMiddleware", _BOTH),
    ("django.contrib.auth.middleware.AuthenticationMiddleware", _DASHBOARD),
    ("django.contrib.messages.middleware.MessageMiddleware", _DASHBOARD),
    ("django.middleware.clickjacking.XFrameOptionsMiddleware", _BOTH),
    ("django_htmx.middleware.HtmxMiddleware", _DASHBOARD),
    # allauth does not start without it, and is installed on both sites because its models are.
    ("allauth.account.middleware.AccountMiddleware", _BOTH),
    ("identity.web.actor.actor_middleware", _DASHBOARD),
    ("federation.dashboard_login.middleware.members_have_no_local_account", _DASHBOARD),
    ("config.middleware.DomainErrors", _BOTH),
)


def middleware_of(site: Site) -> list[str]:
    """Return what one site's `MIDDLEWARE` is."""
    return [path for path, sites in _MIDDLEWARE if site in sites]
