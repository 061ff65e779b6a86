"""The page of everything around the product."""

import os

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

# What the demo starts, and the tests do not.
_STARTED = (
    (
        "LOCAL_SAMPLE_URL",
        "Orbit, the sample application",
        "An application that signs in at Lifeguard.",
    ),
    ("LOCAL_SAML_IDP_URL", "Harbour, a SAML identity provider", "Stands for the one that a customer has."),
    ("LOCAL_OIDC_IDP_URL", "Beacon, an OpenID Connect provider", "Stands for the one that a customer has."),
    ("LOCAL_TEXTS_URL", "Telephone", "All text messages that the local Cognito sent."),
)


@require_safe
def around(request: HttpRequest) -> HttpResponse:
    """Links to all of it."""
    pages = [
        (reverse("local_mail"), "Mailbox", "All mail that Lifeguard and the local Cognito sent."),
        (reverse("local_dns"), "Name server", "The TXT records against which domains are proved."),
    ]
    started = [(os.environ[name], title, words) for name, title, words in _STARTED if name in os.environ]
    return render(request, "around/around.html", {"rows": [*started, *pages]})
