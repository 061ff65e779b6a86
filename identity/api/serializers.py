"""What goes into the API and comes out. Only shapes: what is right is decided by the services."""

from collections.abc import Mapping
from typing import Any, TypedDict

from rest_framework import serializers

from identity.models import DirectoryUser, UserStatus
from identity.selectors import USER_ORDERS, UserFilter
from identity.selectors.users import CREATED_THERE, MISSING_THERE, NO_ROLE
from tenants.factors import POLICY_FACTORS, SecondFactor
from tenants.models import Branding, MfaPolicy, SignInPolicy, SignUpPolicy
from tenants.own_details import CHOICES, Detail, complete
from tenants.permissions import TenantRole
from tenants.pool_options import FirstFactor
from tenants.services.branding import NAME_LENGTH, BrandingChange
from tenants.services.policy import PolicyChange

ROLES = [("", "No role"), *TenantRole.choices]
# An address and a number are never hidden from whoever has them.
CHANGE_OR_SEE = [each.value for each in CHOICES[Detail.EMAIL]]
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


class OwnDetailsSerializer(serializers.Serializer[Mapping[str, str]]):
    """What people may do with their own details on their account page; one that is not sent stays as it is."""

    name = serializers.ChoiceField(choices=[each.value for each in CHOICES[Detail.NAME]], required=False)
    email = serializers.ChoiceField(choices=CHANGE_OR_SEE, required=False)
    phone_number = serializers.ChoiceField(choices=CHANGE_OR_SEE, required=False)
    locale = serializers.ChoiceField(choices=[each.value for each in CHOICES[Detail.LANGUAGE]], required=False)

    def to_representation(self, instance: Mapping[str, str]) -> dict[str, str]:
        """Name all of them, those for which the tenant never chose, too."""
        return complete(instance)


class PolicySerializer(serializers.ModelSerializer[SignInPolicy]):
    """A sign-in policy. `password_min_length` can be changed in a dedicated user pool alone.

    `first_factors` are what a sign-in may begin with beside the password, which `password_allowed` can take away where
    codes by e-mail are among them, `mfa` is off, and nobody would be left without a way in. `second_factors` are those
    that count; `totp`, the authenticator app, is always among them.
    """

    first_factors = serializers.ListField(child=serializers.ChoiceField(choices=FirstFactor.choices))
    mfa = serializers.ChoiceField(choices=MfaPolicy.choices)
    sign_up = serializers.ChoiceField(choices=SignUpPolicy.choices)
    second_factors = serializers.ListField(
        child=serializers.ChoiceField(choices=[(factor.value, factor.label) for factor in POLICY_FACTORS])
    )

    own_details = OwnDetailsSerializer(required=False)

    class Meta:
        model = SignInPolicy
        fields = [
            "password_allowed",
            "first_factors",
            "mfa",
            "second_factors",
            "password_min_length",
            "session_idle_minutes",
            "session_absolute_minutes",
            "sign_up",
            "own_details",
            "updated_at",
        ]
        read_only_fields = ["updated_at"]

    def change(self) -> PolicyChange:
        """Return the change that valid input asks for, but for `password_allowed`."""
        return PolicyChange(
            **{name: value for name, value in self.validated_data.items() if name != "password_allowed"}
        )

    def password_allowed(self) -> bool | None:
        """Return whether valid input wants passwords to be used; None where it says nothing of it."""
        wanted: bool | None = self.validated_data.get("password_allowed")
        return wanted
