"""The branding page: name, logo and colours, with a preview that follows before anything is saved."""

import re

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tenants.colours import BrandColours, failures, stylesheet
from tenants.errors import NotFound, ValidationFailed
from tenants.http import Request
from tenants.models import Branding, Tenant
from tenants.permissions import Permission
from tenants.services.branding import colours_of, remove_logo, update_branding, upload_logo
from tenants.web.access import tenant_view
from tenants.web.forms import show_faults
from tenants.web.forms.branding import BrandingForm, LogoForm

_REFUSED = 422
_COLOUR = re.compile("#[0-9a-f]{6}")
_COLOURS = ("accent", "accent_dark", "background", "background_dark")


@tenant_view(Permission.BRANDING_READ)
@require_safe
def branding_page(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Show the brand, and the forms to change it where the person may."""
    branding = Branding.objects.get(tenant=tenant)
    return _page(request, tenant, BrandingForm.of(branding), LogoForm())


@tenant_view(Permission.BRANDING_WRITE)
@require_POST
def branding_save(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Save name and colours."""
    form = BrandingForm(request.POST)
    if form.is_valid():
        try:
            update_branding(tenant, form.change(), actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("Saved. Sign-in pages and e-mails wear it from now on."))
            return redirect("tenant:branding", slug=tenant.slug)
    return _page(request, tenant, form, LogoForm(), status=_REFUSED)


@tenant_view(Permission.BRANDING_WRITE)
@require_POST
def logo_upload(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Check and keep a logo."""
    form = LogoForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            upload_logo(tenant, form.cleaned_data["logo"].read(), actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("The logo is saved."))
            return redirect("tenant:branding", slug=tenant.slug)
    branding = Branding.objects.get(tenant=tenant)
    return _page(request, tenant, BrandingForm.of(branding), form, status=_REFUSED)


@tenant_view(Permission.BRANDING_WRITE)
@require_POST
def logo_remove(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Go back to the name in place of a logo."""
    remove_logo(tenant, actor=request.actor)
    messages.success(request, _("The logo is removed."))
    return redirect("tenant:branding", slug=tenant.slug)


@tenant_view(Permission.BRANDING_READ)
@require_safe
def logo_image(request: Request, tenant: Tenant) -> HttpResponseBase:
    """The logo itself. Opened on its own, an SVG is an inert document: nothing in it may load or run."""
    branding = Branding.objects.get(tenant=tenant)
    if not branding.has_logo:
        raise NotFound
    response = HttpResponse(bytes(branding.logo), content_type=branding.logo_type)
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


@tenant_view(Permission.BRANDING_READ)
@require_safe
def branding_preview(request: Request, tenant: Tenant) -> HttpResponseBase:
    """The sign-in card as the form, not yet saved, would make it look."""
    branding = Branding.objects.get(tenant=tenant)
    name = " ".join(request.GET.get("display_name", "").split())[:100] or branding.display_name
    return render(request, "tenant/branding.html#preview", _preview(tenant, branding, _wanted(request, branding), name))


@tenant_view(Permission.BRANDING_READ)
@require_safe
def preview_stylesheet(request: Request, tenant: Tenant) -> HttpResponseBase:
    """The colours of the preview: a stylesheet of its own, because the page's policy allows none inside it."""
    colours = _wanted(request, Branding.objects.get(tenant=tenant))
    response = HttpResponse(stylesheet(colours), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "private, max-age=300"
    return response


def _wanted(request: Request, branding: Branding) -> BrandColours:
    """The colours that the address asks for; what is missing or malformed is as saved: no other text gets in."""
    saved = colours_of(branding)
    chosen = {}
    for name in _COLOURS:
        given = request.GET.get(name, "").lower()
        chosen[name] = given if _COLOUR.fullmatch(given) else getattr(saved, name)
    return BrandColours(**chosen)


def _page(
    request: Request, tenant: Tenant, form: BrandingForm, logo_form: LogoForm, *, status: int = 200
) -> HttpResponseBase:
    branding = Branding.objects.get(tenant=tenant)
    context = {
        "tenant": tenant,
        "branding": branding,
        "form": form,
        "logo_form": logo_form,
        "may_write": request.actor.allows(Permission.BRANDING_WRITE),
        **_preview(tenant, branding, colours_of(branding), branding.display_name),
    }
    return render(request, "tenant/branding.html", context, status=status)


def _preview(tenant: Tenant, branding: Branding, colours: BrandColours, name: str) -> dict[str, object]:
    query = QueryDict(mutable=True)
    query.update({field: getattr(colours, field) for field in _COLOURS})
    logo = f"{reverse('tenant:logo', args=[tenant.slug])}?v={branding.version}" if branding.has_logo else ""
    return {
        "preview_name": name,
        "preview_logo_url": logo,
        "preview_css_url": f"{reverse('tenant:branding-preview-css', args=[tenant.slug])}?{query.urlencode()}",
        "preview_problems": failures(colours),
    }
