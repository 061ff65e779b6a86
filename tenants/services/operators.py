"""Adding the operator's own staff."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import ValidationFailed
from tenants.models import Account
from tenants.permissions import OperatorRole
from tenants.services import audit
from tenants.text import clean_email, clean_line


@transaction.atomic
def add_operator(*, email: str, name: str, role: str, password: str | None, actor: Actor) -> Account:
    """Create the account of a member of the operator's staff.

    Args:
        email: what they sign in with; kept in lower case.
        name: what to call them.
        role: an `OperatorRole`.
        password: held to the password rules; None for an account whose owner sets one by mail.
        actor: who adds them.

    Raises:
        ValidationFailed: a field cannot be used, or the address has an account.
    """
    account = Account(email=clean_email(email), name=clean_line(name, field="name", longest=100))
    if role not in OperatorRole:
        raise ValidationFailed(_("There is no such role."), fields={"role": _("Choose one of the roles.")})
    if password is not None:
        _check_password(password, account)
    try:
        with transaction.atomic():
            created = Account.objects.create_operator(
                email=account.email, name=account.name, role=OperatorRole(role), password=password
            )
    except IntegrityError as error:
        message = _("%(email)s has an account.") % {"email": account.email}
        raise ValidationFailed(message, fields={"email": message}) from error
    after = {"email": created.email, "name": created.name, "role": role}
    audit.record(Action.OPERATOR_ADDED, actor=actor, target=created, after=after)
    return created


def _check_password(password: str, account: Account) -> None:
    try:
        validate_password(password, account)
    except ValidationError as error:
        message = " ".join(error.messages)
        raise ValidationFailed(message, fields={"password": message}) from error
