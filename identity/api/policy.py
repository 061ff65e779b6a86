"""The sign-in policy, over the API."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api.access import TenantAPIView
from identity.api.problems import ERRORS
from identity.services.password_use import PasswordUse, change_policy, password_use
from tenants.factors import POLICY_FACTORS
from tenants.models import MfaPolicy, SignInPolicy, SignUpPolicy
from tenants.own_details import CHOICES, Detail, complete
from tenants.permissions import Permission
from tenants.policy_remarks import warnings
from tenants.pool_options import FirstFactor
from tenants.services.policy import PolicyChange

# An address and a number are never hidden from whoever has them.
CHANGE_OR_SEE = [each.value for each in CHOICES[Detail.EMAIL]]


class OwnDetailsSerializer(serializers.Serializer[Mapping[str, str]]):
    """What people may do with their own details on their account page; one that is not sent stays as it is."""

    name = serializers.ChoiceField(choices=[each.value for each in CHOICES[Detail.NAME]], required=False)
    email = serializers.ChoiceField(choices=CHANGE_OR_SEE, required=False)
    phone_number = serializers.ChoiceField(choices=CHANGE_OR_SEE, required=False)
    locale = serializers.ChoiceField(choices=[each.value for each in CHOICES[Detail.LANGUAGE]], required=False)

    def to_representation(self, instance: Mapping[str, str]) -> dict[str, str]:
        """Name all of them, those for which the tenant never chose, too."""
        return complete(instance)


class RemarkSerializer(serializers.Serializer[Any]):
    """Something to know: a code that stays the same, and a sentence or two that may not."""

    code = serializers.CharField()
    message = serializers.CharField()


class PolicySerializer(serializers.ModelSerializer[SignInPolicy]):
    """A sign-in policy. `password_min_length` can be changed in a dedicated user pool alone.

    `first_factors` are what a sign-in may begin with beside the password, which `password_allowed` can take away where
    codes by e-mail are among them, `mfa` is off, and nobody would be left without a way in. `second_factors` are those
    that count; `totp`, the authenticator app, is always among them. For `remember_days` after a second factor people
    need not give it again in a browser that they had remembered; 0 is never, and more can be had only where the user
    pool remembers browsers. A smaller number holds for browsers that are remembered already, too. `warnings` are what
    to know of the policy as it is, such as days that are not in force; what to know before `password_allowed` is
    changed is at `policy/passwords`.
    """

    first_factors = serializers.ListField(child=serializers.ChoiceField(choices=FirstFactor.choices))
    mfa = serializers.ChoiceField(choices=MfaPolicy.choices)
    sign_up = serializers.ChoiceField(choices=SignUpPolicy.choices)
    second_factors = serializers.ListField(
        child=serializers.ChoiceField(choices=[(factor.value, factor.label) for factor in POLICY_FACTORS])
    )

    own_details = OwnDetailsSerializer(required=False)
    warnings = serializers.SerializerMethodField()

    class Meta:
        model = SignInPolicy
        fields = [
            "password_allowed",
            "first_factors",
            "mfa",
            "second_factors",
            "remember_days",
            "password_min_length",
            "session_idle_minutes",
            "session_absolute_minutes",
            "sign_up",
            "own_details",
            "warnings",
            "updated_at",
        ]
        read_only_fields = ["updated_at"]

    @extend_schema_field(RemarkSerializer(many=True))
    def get_warnings(self, policy: SignInPolicy) -> object:
        """Return what to know of a policy; load it with its tenant."""
        return RemarkSerializer(warnings(policy.tenant, policy), many=True).data

    def change(self) -> PolicyChange:
        """Return the change that valid input asks for, but for `password_allowed`."""
        return PolicyChange(
            **{name: value for name, value in self.validated_data.items() if name != "password_allowed"}
        )

    def password_allowed(self) -> bool | None:
        """Return whether valid input wants passwords to be used; None where it says nothing of it."""
        wanted: bool | None = self.validated_data.get("password_allowed")
        return wanted


class PasswordUseSerializer(serializers.Serializer[PasswordUse]):
    """What to know before `password_allowed` of the policy is changed to what it is not.

    `obstacles` are why it would be refused with the policy and the users as they are; `consequences` are what it means.
    """

    password_allowed = serializers.BooleanField()
    obstacles = RemarkSerializer(many=True)
    consequences = RemarkSerializer(many=True)


class PolicyView(TenantAPIView):
    """The tenant's sign-in policy."""

    required = {"GET": Permission.POLICY_READ, "PATCH": Permission.POLICY_WRITE}

    @extend_schema(operation_id="get_policy", responses={200: PolicySerializer, **ERRORS})
    def get(self, request: Request) -> Response:
        """Return the policy."""
        return self._answer(SignInPolicy.objects.get(tenant=self.tenant))

    @extend_schema(
        operation_id="update_policy",
        request=PolicySerializer(partial=True),
        responses={200: PolicySerializer, **ERRORS},
    )
    def patch(self, request: Request) -> Response:
        """Change the policy; what is not sent stays."""
        wanted = PolicySerializer(data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        return self._answer(
            change_policy(self.tenant, wanted.change(), password_allowed=wanted.password_allowed(), actor=self.actor)
        )

    def _answer(self, policy: SignInPolicy) -> Response:
        policy.tenant = self.tenant
        return Response(PolicySerializer(policy).data)


class PolicyPasswordsView(TenantAPIView):
    """What doing without passwords, or using them again, would mean for the tenant."""

    required = {"GET": Permission.POLICY_READ}

    @extend_schema(operation_id="get_password_use", responses={200: PasswordUseSerializer, **ERRORS})
    def get(self, request: Request) -> Response:
        """Return what to know before passwords are used no more, or again."""
        use = password_use(self.tenant, SignInPolicy.objects.get(tenant=self.tenant))
        return Response(PasswordUseSerializer(use).data)
