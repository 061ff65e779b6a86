"""What every view of the API has: a permission for each of its methods, named as data, and the token's tenant."""

from collections.abc import Mapping
from typing import ClassVar, cast

from django.utils.functional import cached_property
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from tenants.actor import Actor
from tenants.http import Request as HttpRequestWithActor
from tenants.models import Tenant
from tenants.permissions import Permission


class HoldsPermission(BasePermission):
    """Lets a request through whose actor holds what the view names for its method."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Say whether the request may go on."""
        if request.successful_authenticator is None:
            return False
        if not isinstance(view, TenantAPIView) or request.method is None:
            return False
        needed = view.required.get("GET" if request.method in {"HEAD", "OPTIONS"} else request.method)
        if needed is None:
            # Django REST Framework answers a method that the view has not with 405 by itself, after this.
            return not hasattr(view, request.method.lower())
        view.actor.require(needed)
        return True


class TenantAPIView(APIView):
    """A view within the tenant that the access token is for. No address names a tenant, so that none can be guessed.

    Attributes:
        required: the permission for each HTTP method that the view has; read by `HoldsPermission` and by a test.
    """

    permission_classes = [HoldsPermission]
    required: ClassVar[Mapping[str, Permission]] = {}

    @property
    def actor(self) -> Actor:
        """Who calls, as `AccessTokenAuthentication` found them."""
        return cast(HttpRequestWithActor, self.request._request).actor  # noqa: SLF001  # DRF's request wraps it there.

    @cached_property
    def tenant(self) -> Tenant:
        """The tenant of the token."""
        return Tenant.objects.select_related("pool", "pool__cell").get(pk=str(self.actor.tenant_id))
