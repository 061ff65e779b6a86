"""The app clients of an application in native mode, one for each tenant that has it."""

import uuid

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from identity.models import AppClient
from identity.sync.native import NativeApplication, purpose_of
from identity.sync.native import native_application as as_native
from tenants.errors import Conflict, NotFound
from tenants.models import ApiScope, Application, NativeMode

_SHOWN = 100


def native_clients(application: Application) -> QuerySet[AppClient]:
    """Return the first hundred app clients of an application that Cognito has, by tenant."""
    rows = AppClient.objects.filter(purpose=purpose_of(application.pk)).select_related("tenant", "pool__cell")
    return rows.order_by("tenant__name", "pk")[:_SHOWN]


def native_client(application: Application, tenant_id: uuid.UUID) -> AppClient:
    """Return the app client of an application for one tenant.

    Raises:
        NotFound: Cognito has none.
    """
    rows = AppClient.objects.filter(purpose=purpose_of(application.pk), tenant=tenant_id)
    client = rows.select_related("tenant", "pool__cell").first()
    if client is None:
        raise NotFound
    return client


def native_settings(application: Application) -> NativeApplication:
    """Return an application as the pools of its tenants know it.

    Raises:
        Conflict: it is not in native mode.
    """
    if not NativeMode.objects.filter(application=application).exists():
        raise Conflict(_("The application is not in native mode."))
    scopes = ApiScope.objects.filter(application=application).values_list("name", "description")
    return as_native(application, tuple(scopes))
