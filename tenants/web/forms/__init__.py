"""The dashboard's forms: they name the fields and show what a service refused; the rules are the services'."""

from django.forms import Form

from tenants.errors import ValidationFailed


def show_faults(form: Form, error: ValidationFailed) -> None:
    """Put what a service refused beside the fields it is about."""
    for field, message in error.fields.items():
        form.add_error(field if field in form.fields else None, message)
    if not error.fields:
        form.add_error(None, error.message)
