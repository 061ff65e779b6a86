"""Template tags and filters of the design system. ``{% load ui %}``; described in ``docs/design-system.md``."""

from datetime import UTC, datetime
from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.statuses import Status, status_of
from tenants.audit_actions import ACTION_LABELS, Action
from tenants.counting import in_digits

register = template.Library()

MINUTE, HOUR, DAY, YEAR = 60, 60 * 60, 24 * 60 * 60, 365 * 24 * 60 * 60
TONE_ICONS = {
    "success": "check-circle",
    "info": "information-circle",
    "warning": "exclamation-triangle",
    "danger": "exclamation-circle",
    "neutral": "information-circle",
}
# django.contrib.messages has levels, the design system has tones.
MESSAGE_TONES = {"debug": "neutral", "info": "info", "success": "success", "warning": "warning", "error": "danger"}


def relative(moment: datetime, now: datetime) -> str:
    """How long ago (or how far ahead) a moment is, in the largest whole unit; years only from two on.

    Args:
        moment: An aware datetime.
        now: The aware datetime to measure from.
    """
    seconds = int((now - moment).total_seconds())
    size = abs(seconds)
    if size < MINUTE:
        return _("just now") if seconds >= 0 else _("in a moment")
    if size < HOUR:
        count = size // MINUTE
        past, ahead = ngettext("%d min ago", "%d min ago", count), ngettext("in %d min", "in %d min", count)
    elif size < DAY:
        count = size // HOUR
        past, ahead = ngettext("%d h ago", "%d h ago", count), ngettext("in %d h", "in %d h", count)
    elif size >= 2 * YEAR:
        count = size // YEAR
        past, ahead = ngettext("%d year ago", "%d years ago", count), ngettext("in %d year", "in %d years", count)
    else:
        count = size // DAY
        past, ahead = ngettext("%d day ago", "%d days ago", count), ngettext("in %d day", "in %d days", count)
    return (past if seconds >= 0 else ahead) % count


@register.simple_tag
def relative_time(moment: datetime | None) -> str:
    """A ``<time>``: relative for reading, exact (UTC) in its title. None shows a dash."""
    # Not by a template: a table has one or two in each row.
    if moment is None:
        return format_html('<span class="faint" aria-label="{}" role="img">–</span>', _("never"))
    exact = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        exact.isoformat(),
        f"{exact:%Y-%m-%d %H:%M:%S}",
        relative(moment, timezone.now()),
    )


@register.simple_tag
def status(state: str, label: str | Promise = "") -> str:
    """A status badge: icon, word and colour of a state from ``config.statuses``; ``label`` replaces the word."""
    look = status_of(str(state))
    return _badge(look, str(label or look.word))


# A table has some in each row, and they are few in all: the states, in the languages that ship.
@lru_cache(maxsize=512)
def _badge(look: Status, label: str) -> str:
    return get_template("components/status.html").render({"status": look, "label": label})


@register.filter
def status_look(state: str) -> object:
    """The ``Status`` of a state, for components that lay it out themselves."""
    return status_of(str(state))


@register.simple_tag
def product_name() -> str:
    """The operator's name for the product."""
    return str(settings.PRODUCT_NAME)


@register.filter
def tone_icon(tone: str) -> str:
    """The heroicon that goes with a tone."""
    return TONE_ICONS[tone]


@register.filter
def message_tone(level_tag: str) -> str:
    """The tone of a ``django.contrib.messages`` level."""
    return MESSAGE_TONES.get(level_tag, "neutral")


@register.filter
def initials(name: str) -> str:
    """One or two letters that stand for a name or an e-mail address."""
    words = str(name).partition("@")[0].replace(".", " ").replace("-", " ").replace("_", " ").split()
    return "".join(word[0] for word in words[:2])


@register.filter
def audit_action(action: str) -> str:
    """What an audit event's action is called, from its code."""
    return str(ACTION_LABELS[Action(action)])


@register.filter
def field_words(name: str) -> str:
    """The name of a stored field as words: ``password_min_length`` is "Password min length"."""
    return name.replace("_", " ").capitalize()


@register.filter
def digits(number: int) -> str:
    """A count of what may be very much."""
    return in_digits(number)


@register.filter
def first_line(text: str) -> str:
    """The label of a choice: its text up to the first line break."""
    return str(text).partition("\n")[0]


@register.filter
def after_first_line(text: str) -> str:
    """The hint of a choice: its text after the first line break."""
    return str(text).partition("\n")[2].strip()
