"""The REST API of a tenant: the same services and selectors as its pages."""

import uuid

from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api.access import TenantAPIView
from identity.api.problems import ERRORS, OBJECT_ERRORS
from identity.api.serializers import (
    BrandingSerializer,
    InviteSerializer,
    UserPageSerializer,
    UserQuerySerializer,
    UserSerializer,
)
from identity.selectors import USER_ORDERS, find_users, get_user, ordered_users
from identity.services.invitations import invite_user, resend_invitation
from identity.services.users import delete_user, disable_user, enable_user, reset_user_mfa
from tenants.models import Branding
from tenants.paging import keyset_page
from tenants.permissions import Permission
from tenants.services.branding import update_branding


class Users(TenantAPIView):
    """The tenant's users."""

    required = {"GET": Permission.USERS_READ, "POST": Permission.USERS_WRITE}

    @extend_schema(
        operation_id="list_users",
        parameters=[UserQuerySerializer],
        responses={200: UserPageSerializer, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        """List users, filtered and sorted, by pages."""
        query = UserQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        users = ordered_users(find_users(self.tenant, query.wanted()))
        page = keyset_page(users, order=USER_ORDERS[query.validated_data["sort"]], **query.chosen())
        answer = {"users": page.rows, "next_cursor": page.next_cursor, "previous_cursor": page.previous_cursor}
        return Response(UserPageSerializer(answer).data)

    @extend_schema(operation_id="invite_user", request=InviteSerializer, responses={201: UserSerializer, **ERRORS})
    def post(self, request: Request) -> Response:
        """Invite somebody by e-mail."""
        invitation = InviteSerializer(data=request.data)
        invitation.is_valid(raise_exception=True)
        user = invite_user(self.tenant, **invitation.validated_data, actor=self.actor)
        return Response(UserSerializer(user).data, status=status.HTTP_201_CREATED)


class User(TenantAPIView):
    """One user."""

    required = {"GET": Permission.USERS_READ, "DELETE": Permission.USERS_WRITE}

    @extend_schema(operation_id="get_user", responses={200: UserSerializer, **OBJECT_ERRORS})
    def get(self, request: Request, user_id: uuid.UUID) -> Response:
        """Return a user."""
        return Response(UserSerializer(get_user(self.tenant, user_id)).data)

    @extend_schema(operation_id="delete_user", responses={204: None, **OBJECT_ERRORS})
    def delete(self, request: Request, user_id: uuid.UUID) -> Response:
        """Delete a user for good."""
        # The id in the address names the user as surely as the typed address does on the page.
        email = get_user(self.tenant, user_id).email
        delete_user(self.tenant, user_id, confirm_email=email, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class UserDisable(TenantAPIView):
    """Disabling a user."""

    required = {"POST": Permission.USERS_WRITE}

    @extend_schema(operation_id="disable_user", request=None, responses={200: UserSerializer, **OBJECT_ERRORS})
    def post(self, request: Request, user_id: uuid.UUID) -> Response:
        """Stop a user from signing in."""
        return Response(UserSerializer(disable_user(self.tenant, user_id, actor=self.actor)).data)


class UserEnable(TenantAPIView):
    """Enabling a user."""

    required = {"POST": Permission.USERS_WRITE}

    @extend_schema(operation_id="enable_user", request=None, responses={200: UserSerializer, **OBJECT_ERRORS})
    def post(self, request: Request, user_id: uuid.UUID) -> Response:
        """Let a disabled user in again."""
        return Response(UserSerializer(enable_user(self.tenant, user_id, actor=self.actor)).data)


class UserResetMfa(TenantAPIView):
    """Taking a user's second factors away."""

    required = {"POST": Permission.USERS_WRITE}

    @extend_schema(operation_id="reset_user_mfa", request=None, responses={200: UserSerializer, **OBJECT_ERRORS})
    def post(self, request: Request, user_id: uuid.UUID) -> Response:
        """Take a user's second factors away, so that they set one up again."""
        return Response(UserSerializer(reset_user_mfa(self.tenant, user_id, actor=self.actor)).data)


class UserInvitation(TenantAPIView):
    """A user's invitation."""

    required = {"POST": Permission.USERS_WRITE}

    @extend_schema(operation_id="resend_invitation", request=None, responses={200: UserSerializer, **OBJECT_ERRORS})
    def post(self, request: Request, user_id: uuid.UUID) -> Response:
        """Send a new invitation; the link of the one before stops working."""
        resend_invitation(self.tenant, user_id, actor=self.actor)
        return Response(UserSerializer(get_user(self.tenant, user_id)).data)


class BrandingView(TenantAPIView):
    """The tenant's brand."""

    required = {"GET": Permission.BRANDING_READ, "PATCH": Permission.BRANDING_WRITE}

    @extend_schema(operation_id="get_branding", responses={200: BrandingSerializer, **ERRORS})
    def get(self, request: Request) -> Response:
        """Return the brand."""
        return Response(BrandingSerializer(Branding.objects.get(tenant=self.tenant)).data)

    @extend_schema(
        operation_id="update_branding",
        request=BrandingSerializer(partial=True),
        responses={200: BrandingSerializer, **ERRORS},
    )
    def patch(self, request: Request) -> Response:
        """Change the brand; what is not sent stays."""
        wanted = BrandingSerializer(data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        return Response(BrandingSerializer(update_branding(self.tenant, wanted.change(), actor=self.actor)).data)


class Schema(SpectacularAPIView):
    """The OpenAPI description of this API, for whoever may call it."""

    permission_classes = [IsAuthenticated]
    # JSON alone: an error of this view is JSON too, whatever its caller accepts.
    renderer_classes = [OpenApiJsonRenderer]
