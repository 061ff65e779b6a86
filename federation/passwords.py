"""That a tenant does without passwords: what is said wherever one is used, set or asked for."""

from django.utils.translation import gettext as _

from tenants.errors import DomainError
from tenants.models import Tenant


class PasswordNotUsed(DomainError):
    """A password was to be used, or to be changed, where the tenant does without."""

    code = "password_not_used"
    status = 403

    def __init__(self) -> None:
        super().__init__(_("Your organization does not use passwords. Sign in another way."))


def require_passwords(tenant: Tenant) -> None:
    """Go on only where people may sign in with passwords.

    Args:
        tenant: with its policy.

    Raises:
        PasswordNotUsed: they may not.
    """
    if not tenant.policy.takes_passwords:
        raise PasswordNotUsed
