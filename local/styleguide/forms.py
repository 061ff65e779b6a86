"""Forms that show each kind of field, well and wrongly filled in."""

from django import forms


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(help_text="Shown to users on the sign-in page.")
    slug = forms.SlugField(help_text="Lower-case letters, digits and hyphens.")
    email = forms.EmailField(label="First admin's e-mail")
    cell = forms.ChoiceField(choices=[("eu", "Frankfurt (eu-central-1)"), ("us", "Oregon (us-west-2)")])
    isolation = forms.ChoiceField(
        choices=[
            ("dedicated", "Dedicated pool\nA Cognito user pool of its own. Own password policy and MFA mode."),
            ("shared", "Partition of a shared pool\nStarts in seconds. May be stricter than its pool, never weaker."),
        ],
        widget=forms.RadioSelect(attrs={"class": "cards"}),
        initial="dedicated",
    )
    mfa = forms.ChoiceField(
        label="Second factor",
        choices=[("off", "Off"), ("optional", "Optional"), ("required", "Required for everyone")],
        widget=forms.RadioSelect,
        initial="optional",
    )
    applications = forms.MultipleChoiceField(
        choices=[("crm", "Harbor CRM"), ("bill", "Harbor Billing")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    accent = forms.CharField(widget=forms.ColorInput, initial="#0f766e", help_text="Buttons and links on your pages.")
    logo = forms.FileField(required=False, help_text="PNG or SVG, up to 512 KB.")
    password = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    notes = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    notify = forms.BooleanField(label="Send the invitation now", required=False, help_text="It is valid for 7 days.")


class FilterForm(forms.Form):
    """A filters bar."""

    q = forms.CharField(
        label="Search users", required=False, widget=forms.SearchInput(attrs={"placeholder": "Name or e-mail"})
    )
    state = forms.ChoiceField(
        label="State", required=False, choices=[("", "Any state"), ("active", "Active"), ("disabled", "Disabled")]
    )


class PasswordForm(forms.Form):
    """Sign-in with a password."""

    password = forms.CharField(widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))


class CodeForm(forms.Form):
    """A one-time code."""

    code = forms.CharField(
        label="Six-digit code",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 6}),
    )
