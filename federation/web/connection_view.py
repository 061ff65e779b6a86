"""What was configured of a connection, as rows that a page shows."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from federation.connections.mapping import Mapping
from federation.connections.settings import OidcSettings, SamlSettings, Settings, needs_secret
from federation.models import Connection
from tenants.permissions import TenantRole

_SOURCES: dict[str, Promise] = {
    "url": gettext_lazy("Fetched from its address"),
    "file": gettext_lazy("From a file"),
    "paste": gettext_lazy("Pasted"),
    "fields": gettext_lazy("Entered field by field"),
}
_CLAIMS: dict[str, Promise] = {
    "email": gettext_lazy("E-mail address"),
    "name": gettext_lazy("Full name"),
    "given_name": gettext_lazy("First name"),
    "family_name": gettext_lazy("Last name"),
    "groups": gettext_lazy("Groups"),
}


@dataclass(frozen=True)
class Row:
    """One fact, as `components/kv_row.html` shows it."""

    label: str
    value: str
    mono: bool = False


@dataclass(frozen=True)
class RuleRow:
    """One rule: who is in this group there gets that here."""

    value: str
    group: str
    role: str


@dataclass(frozen=True)
class Lack:
    """Something without which the connection cannot be activated, and the step where it is entered."""

    text: str
    step: str


@dataclass(frozen=True)
class Mapped:
    """A mapping as a page shows it."""

    claims: tuple[Row, ...]
    rules: tuple[RuleRow, ...]


def source_words(settings: Settings) -> str:
    """Return where metadata came from, in words; empty where there is none."""
    return str(_SOURCES.get(settings.source, "")) if isinstance(settings, SamlSettings) else ""


def described(settings: Settings, *, has_secret: bool) -> list[Row]:
    """Return settings as rows. A secret is only said to be there."""
    rows = list(_rows(settings))
    if not isinstance(settings, SamlSettings):
        rows.append(Row(_("Secret"), _("Stored, and not shown") if has_secret else ""))
    return rows


def mapped(mapping: Mapping) -> Mapped:
    """Return a mapping as rows; what is not taken over has none."""
    claims = [Row(str(label), getattr(mapping, name), mono=True) for name, label in _CLAIMS.items()]
    own = [Row(name, claim, mono=True) for name, claim in mapping.custom.items()]
    rules = [
        RuleRow(rule.value, rule.group, str(TenantRole(rule.role).label) if rule.role else "") for rule in mapping.rules
    ]
    return Mapped(tuple(row for row in (*claims, *own) if row.value), tuple(rules))


def lacking(connection: Connection) -> list[Lack]:
    """Return what is missing before the connection can be activated."""
    found = []
    if connection.settings.missing:
        found.append(Lack(_("The values from the identity provider are not complete."), "values"))
    elif needs_secret(connection.kind) and not connection.current.has_secret:
        found.append(Lack(_("The secret is missing."), "values"))
    if not connection.mapping.email:
        found.append(Lack(_("Nothing says what holds the e-mail address."), "mapping"))
    return found


def _rows(settings: Settings) -> Iterator[Row]:
    if isinstance(settings, SamlSettings):
        yield Row(_("Entity ID"), settings.entity_id, mono=True)
        yield Row(_("People sign in at"), settings.sso_url, mono=True)
        if settings.slo_url:
            yield Row(_("People sign out at"), settings.slo_url, mono=True)
        yield Row(_("Metadata"), " ".join(filter(None, (source_words(settings), settings.metadata_url))))
    elif isinstance(settings, OidcSettings):
        yield Row(_("Issuer"), settings.issuer, mono=True)
        yield Row(_("Client ID"), settings.client_id, mono=True)
        yield Row(_("Scopes"), settings.scopes, mono=True)
        yield Row(_("People sign in at"), settings.authorize_url, mono=True)
    else:
        yield Row(_("Client ID"), settings.client_id, mono=True)
        yield Row(_("Scopes"), settings.scopes, mono=True)
        for label, value in ((_("Team ID"), settings.team_id), (_("Key ID"), settings.key_id)):
            if value:
                yield Row(label, value, mono=True)
