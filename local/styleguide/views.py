"""The pages of the style guide."""

from base64 import b64encode

import qrcode
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from qrcode.image.svg import SvgPathImage

from config.statuses import STATUSES
from local.styleguide.forms import CodeForm, FilterForm, PasswordForm, SampleForm
from local.styleguide.samples import Brand, Item, Samples, frame, menu
from tenants.web.tables import SortLink

CODE = "OIDC_ISSUER=https://login.harbor.example\nOIDC_CLIENT_ID=app_7f2m9qa"
TONES = ["info", "success", "warning", "danger"]


def components(request: HttpRequest) -> HttpResponse:
    """Every component."""
    context = {
        "frame": frame(),
        "states": list(STATUSES),
        "tones": TONES,
        "code": CODE,
        "form": SampleForm(),
        "wrong": SampleForm({"slug": "Not a slug!", "email": "ada@", "isolation": "dedicated", "mfa": "off"}),
        "filters": FilterForm(),
        "samples": Samples(),
        "menu": menu(),
        "tabs": [Item("Users", current=True, count=48), Item("Invitations", count=3), Item("Deleted")],
        "sorted": SortLink("#", "ascending"),
        "unsorted": SortLink("#", ""),
        "steps": [Item("Details", state="done"), Item("Isolation", state="current"), Item("Review", state="ahead")],
    }
    return render(request, "styleguide/components.html", context)


def empty(request: HttpRequest) -> HttpResponse:
    """A page of a list that has nothing in it yet."""
    return render(request, "styleguide/empty.html", {"frame": frame()})


def _brand() -> Brand:
    return Brand(name="Acme Robotics", stylesheet_url=reverse("styleguide_brand_css"))


def brand_password(request: HttpRequest) -> HttpResponse:
    """The password page of a tenant; with ``?wrong`` after a failed attempt."""
    form = PasswordForm()
    if "wrong" in request.GET:
        form = PasswordForm({"password": "x"})
        form.add_error(None, "The e-mail address or the password is not right.")
    return render(request, "styleguide/brand_password.html", {"brand": _brand(), "form": form})


def brand_code(request: HttpRequest) -> HttpResponse:
    """The page that asks for a one-time code."""
    return render(request, "styleguide/brand_code.html", {"brand": _brand(), "form": CodeForm()})


def _qr(text: str) -> str:
    image = qrcode.make(text, image_factory=SvgPathImage, border=0)
    return "data:image/svg+xml;base64," + b64encode(image.to_string()).decode()


def brand_enrol(request: HttpRequest) -> HttpResponse:
    """The page that enrols an authenticator app."""
    context = {
        "brand": _brand(),
        "form": CodeForm(),
        "qr": _qr("otpauth://totp/Acme:ada@acme.example?secret=JBSWY3DPEHPK3PXP&issuer=Acme"),
        "secret": "JBSW Y3DP EHPK 3PXP",
    }
    return render(request, "styleguide/brand_enrol.html", context)


def brand_stylesheet(request: HttpRequest) -> HttpResponse:
    """A tenant's tokens, as the sign-in site serves them."""
    css = (
        ":root { --brand-accent: light-dark(#0f766e, #2dd4bf); --brand-accent-contrast: light-dark(#ffffff, #04201c);"
        " --brand-background: light-dark(#f0f5f4, #0b1312); }"
    )
    return HttpResponse(css, content_type="text/css")
