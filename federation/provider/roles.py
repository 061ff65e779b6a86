"""The roles that tokens for an application say."""

from identity.models import DirectoryUser
from identity.selectors.groups import groups_of_user
from tenants.models import Application, ApplicationRole
from tenants.services.application_roles import held_roles


def roles_in_tokens(user: DirectoryUser, application: Application) -> tuple[str, ...]:
    """Return the roles that somebody has in an application by its catalogue, as it and they are now.

    Without a catalogue it is the role in their tenant, where they have one.
    """
    catalogue = list(ApplicationRole.objects.filter(application=application))
    if not catalogue:
        return (user.role,) if user.role else ()
    counts_groups = any(role.group_names for role in catalogue)
    groups = set(groups_of_user(user).values_list("name", flat=True)) if counts_groups else set()
    return held_roles(catalogue, tenant_role=user.role, groups=groups)
