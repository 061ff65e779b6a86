"""The forms of the branding page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.models import Branding
from tenants.services.branding import NAME_LENGTH, BrandingChange


class BrandingForm(forms.Form):
    """A tenant's name and colours, as its users see them."""

    display_name = forms.CharField(
        label=_("Display name"), max_length=NAME_LENGTH, help_text=_("Shown on sign-in pages and in e-mails.")
    )
    accent = forms.CharField(
        label=_("Accent"), widget=forms.ColorInput, help_text=_("Buttons and progress, in the light theme.")
    )
    background = forms.CharField(
        label=_("Background"), widget=forms.ColorInput, help_text=_("Around the card, in the light theme.")
    )
    accent_dark = forms.CharField(
        label=_("Accent, dark theme"), widget=forms.ColorInput, help_text=_("Buttons and progress, in the dark theme.")
    )
    background_dark = forms.CharField(
        label=_("Background, dark theme"), widget=forms.ColorInput, help_text=_("Around the card, in the dark theme.")
    )

    @classmethod
    def of(cls, branding: Branding) -> "BrandingForm":
        """Return the form filled with what is saved."""
        return cls(initial={name: getattr(branding, name) for name in cls.base_fields})

    def change(self) -> BrandingChange:
        """Return the change that a valid form asks for."""
        return BrandingChange(**self.cleaned_data)


class LogoForm(forms.Form):
    """A logo to upload."""

    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("PNG, JPEG, WebP, GIF or SVG, up to 1 MB. Shown 40 px high; a transparent background looks best."),
        widget=forms.FileInput(
            attrs={"accept": "image/png,image/jpeg,image/webp,image/gif,image/svg+xml,.svg"},
        ),
    )
