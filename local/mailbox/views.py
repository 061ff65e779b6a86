"""The mailbox page. Whoever reaches a local stack's port may read its mail: that is what the page is for."""

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_update
from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from local.mailbox.maildir import Message, list_messages, load_message, mail_folder

_SHOWN_AT_MOST = 100
# Links may open a tab of their own; scripts, forms and everything else of the mail stay shut in.
SANDBOX = ("allow-popups", "allow-popups-to-escape-sandbox")


class SearchForm(forms.Form):
    """The search by recipient."""

    q = forms.CharField(
        label="Recipient",
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Recipient", "class": "input"}),
    )


@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    """All mail, newest first."""
    form = SearchForm(request.GET)
    recipient = form.cleaned_data["q"] if form.is_valid() else ""
    messages = list_messages(mail_folder(), recipient)
    context = {"form": form, "recipient": recipient, "mails": messages[:_SHOWN_AT_MOST], "total": len(messages)}
    return render(request, "mailbox/list.html", context)


@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # Its types know only views without arguments.
def message_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One message: its text, and its HTML in a frame that can do nothing."""
    context = {"mail": _load(key), "sandbox": " ".join(SANDBOX)}
    return render(request, "mailbox/message.html", context)


@require_safe
@xframe_options_sameorigin
@csp(  # type: ignore[arg-type]  # Its types know only views without arguments.
    {
        "default-src": [NONE],
        # Cognito attaches nothing, so that its mails have a tenant's logo by its address.
        "img-src": ["data:", settings.SIGNIN_URL],
        "style-src": ["'unsafe-inline'"],
        "frame-ancestors": [SELF],
        "base-uri": [NONE],
        "sandbox": list(SANDBOX),
    }
)
def message_html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML of a message as it was sent; its links open in a new tab."""
    mail = _load(key)
    if not mail.html:
        raise Http404
    return HttpResponse(f'<base target="_blank">{mail.html}')


def _load(key: str) -> Message:
    try:
        return load_message(mail_folder(), key)
    except KeyError:
        raise Http404 from None
