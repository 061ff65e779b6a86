"""What goes into the API and comes out. Only shapes: what is right is decided by the services."""

from typing import Any, TypedDict

from rest_framework import serializers

from identity.models import DirectoryUser, UserStatus
from identity.selectors import USER_ORDERS, UserFilter
from identity.selectors.users import CREATED_THERE, MISSING_THERE, NO_ROLE
from tenants.factors import SecondFactor
from tenants.models import Branding
from tenants.permissions import TenantRole
from tenants.services.branding import NAME_LENGTH, BrandingChange

ROLES = [("", "No role"), *TenantRole.choices]
_STATUSES = [choice for choice in UserStatus.choices if choice[0] != UserStatus.DELETING]


class PageChoice(TypedDict):
    """A page, in the words of `tenants.paging.keyset_page`."""

    cursor: str
    size: int


class UserSerializer(serializers.ModelSerializer[DirectoryUser]):
    """A user."""

    role = serializers.ChoiceField(choices=ROLES, read_only=True, help_text="Empty for a user without a role.")
    has_second_factor = serializers.BooleanField(read_only=True)
    second_factors = serializers.ListField(
        child=serializers.ChoiceField(choices=SecondFactor.choices),
        read_only=True,
        help_text="Those that a sign-in saw: Cognito's lists do not tell.",
    )

    class Meta:
        model = DirectoryUser
        fields = [
            "id",
            "email",
            "name",
            "role",
            "status",
            "has_second_factor",
            "second_factors",
            "last_sign_in_at",
            "created_at",
        ]
        read_only_fields = fields


class PageSerializer(serializers.Serializer[Any]):
    """A page of a list; the cursors are empty where there is no such page."""

    next_cursor = serializers.CharField(allow_blank=True)
    previous_cursor = serializers.CharField(allow_blank=True)


class PageQuerySerializer(serializers.Serializer[Any]):
    """Which page of a list, and how long it is."""

    cursor = serializers.CharField(required=False, default="", max_length=2000, help_text="From an earlier page.")
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=200)

    def chosen(self) -> PageChoice:
        """Return the page that valid parameters ask for, as `tenants.paging.keyset_page` takes it."""
        return {"cursor": self.validated_data["cursor"], "size": self.validated_data["limit"]}


class UserPageSerializer(PageSerializer):
    """A page of users."""

    users = UserSerializer(many=True)


class UserQuerySerializer(PageQuerySerializer):
    """The parameters of a list of users."""

    q = serializers.CharField(required=False, max_length=254, help_text="Part of the e-mail address or the name.")
    status = serializers.ChoiceField(required=False, choices=_STATUSES)
    role = serializers.ChoiceField(required=False, choices=[*TenantRole.choices, (NO_ROLE, "Without a role")])
    mfa = serializers.ChoiceField(required=False, choices=[("on", "With a second factor"), ("off", "Without one")])
    cognito = serializers.ChoiceField(
        required=False, choices=[(MISSING_THERE, "Missing in Cognito"), (CREATED_THERE, "Created in Cognito")]
    )
    sort = serializers.ChoiceField(required=False, default="email", choices=[(name, name) for name in USER_ORDERS])

    def wanted(self) -> UserFilter:
        """Return the filter that valid parameters ask for."""
        names = ("q", "status", "role", "mfa", "cognito")
        return UserFilter(**{name: self.validated_data.get(name, "") for name in names})


class InviteSerializer(serializers.Serializer[Any]):
    """Somebody to invite."""

    email = serializers.CharField(max_length=254)
    name = serializers.CharField(required=False, default="", allow_blank=True, max_length=100)
    role = serializers.ChoiceField(required=False, default="", choices=ROLES)


class BrandingSerializer(serializers.ModelSerializer[Branding]):
    """A brand. The logo is uploaded in the dashboard."""

    display_name = serializers.CharField(max_length=NAME_LENGTH)
    has_logo = serializers.BooleanField(read_only=True)

    class Meta:
        model = Branding
        fields = [
            "display_name", "accent", "accent_dark", "background", "background_dark", "has_logo", "version",
            "updated_at",
        ]  # fmt: skip
        read_only_fields = ["version", "updated_at"]

    def change(self) -> BrandingChange:
        """Return the change that valid input asks for."""
        return BrandingChange(**self.validated_data)
