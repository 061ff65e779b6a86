"""What goes into the API about connections and comes out. Only shapes: what is right is decided by the services."""

from typing import Any

from rest_framework import serializers

from federation.connections.mapping import GroupRule, Mapping
from federation.connections.settings import SocialSettings
from federation.models import (
    Connection,
    ConnectionKind,
    ConnectionStatus,
    ConnectionVersion,
    JitMode,
    Linking,
    MfaTrust,
)
from federation.services.connection_mapping import Arrivals
from federation.services.connection_values import GivenMetadata, GivenOpenId
from federation.services.connection_versions import ARRIVALS
from identity.api.serializers import ROLES

_CLAIMS = ("email", "name", "given_name", "family_name", "groups", "methods")
_WAYS = [("url", "From an address"), ("paste", "As text"), ("fields", "Field by field")]


class RuleSerializer(serializers.Serializer[Any]):
    """What a group at the identity provider gives here."""

    value = serializers.CharField(max_length=256, help_text="The group as it is sent, compared exactly.")
    group = serializers.CharField(required=False, default="", allow_blank=True, help_text="The name of a group here.")
    role = serializers.ChoiceField(required=False, default="", choices=ROLES)


class MappingSerializer(serializers.Serializer[Any]):
    """Which claim or attribute holds what; empty for what is not taken over."""

    email = serializers.CharField(max_length=256)
    name = serializers.CharField(required=False, default="", allow_blank=True, max_length=256)
    given_name = serializers.CharField(required=False, default="", allow_blank=True, max_length=256)
    family_name = serializers.CharField(required=False, default="", allow_blank=True, max_length=256)
    groups = serializers.CharField(required=False, default="", allow_blank=True, max_length=256)
    methods = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=256,
        help_text="What says how somebody signed in there, such as amr.",
    )
    custom = serializers.DictField(
        child=serializers.CharField(max_length=256),
        required=False,
        default=dict,
        help_text="The pool's own attributes.",
    )
    rules = RuleSerializer(many=True, required=False, default=list)


class PeopleSerializer(serializers.Serializer[Any]):
    """What is taken over of a person, and who is let in for the first time."""

    mapping = MappingSerializer()
    jit = serializers.ChoiceField(choices=JitMode.choices)
    default_role = serializers.ChoiceField(required=False, default="", choices=ROLES)
    linking = serializers.ChoiceField(
        required=False,
        default=Linking.NEVER.value,
        choices=Linking.choices,
        help_text="Who is connected that signs in otherwise, by a verified address of a domain that is proved.",
    )

    mfa_trust = serializers.ChoiceField(
        required=False,
        default=MfaTrust.PROVIDER.value,
        choices=MfaTrust.choices,
        help_text="By what people who come so meet the sign-in policy's second factor.",
    )
    mfa_values = serializers.ListField(
        child=serializers.CharField(max_length=256),
        required=False,
        default=list,
        max_length=20,
        help_text="Of what says how somebody signed in, the values that mean two factors; empty for the usual ones.",
    )

    def wanted_mapping(self) -> Mapping:
        """Return the mapping that valid input asks for."""
        given = self.validated_data["mapping"]
        rules = tuple(GroupRule(**rule) for rule in given["rules"])
        return Mapping(**{name: given[name] for name in _CLAIMS}, custom=given["custom"], rules=rules)

    def wanted_arrivals(self) -> Arrivals:
        """Return who is to be let in."""
        return Arrivals(**{name: self.validated_data[name] for name in ARRIVALS})


class ServiceProviderSerializer(serializers.Serializer[Any]):
    """Our values for the identity provider; empty while the user pool is not in Cognito."""

    ready = serializers.BooleanField()
    entity_id = serializers.CharField(allow_blank=True)
    acs_url = serializers.CharField(allow_blank=True)
    logout_url = serializers.CharField(allow_blank=True)
    redirect_uri = serializers.CharField(allow_blank=True)


class ConnectionSerializer(serializers.ModelSerializer[Connection]):
    """A connection. Its secret is only said to be there."""

    kind = serializers.ChoiceField(choices=ConnectionKind.choices, read_only=True)
    status = serializers.ChoiceField(choices=ConnectionStatus.choices, read_only=True)
    default_role = serializers.ChoiceField(choices=ROLES, read_only=True)
    version = serializers.IntegerField(source="current.number", read_only=True)
    settings = serializers.SerializerMethodField()
    has_secret = serializers.BooleanField(source="current.has_secret", read_only=True)
    mapping = serializers.SerializerMethodField()

    class Meta:
        model = Connection
        fields = [
            "id", "name", "kind", "guide", "provider_name", "status", "version", "settings", "has_secret", "mapping",
            "jit", "default_role", "linking", "mfa_trust", "mfa_values", "activated_at", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_settings(self, connection: Connection) -> dict[str, Any]:
        """Return the settings of the newest version."""
        return connection.settings.to_json()

    def get_mapping(self, connection: Connection) -> dict[str, Any]:
        """Return the mapping of the newest version."""
        return connection.mapping.to_json()


class ConnectionDetailSerializer(ConnectionSerializer):
    """A connection with our values for its identity provider."""

    service_provider = ServiceProviderSerializer(read_only=True)

    class Meta(ConnectionSerializer.Meta):
        fields = [*ConnectionSerializer.Meta.fields, "service_provider"]
        read_only_fields = fields


class ConnectionListSerializer(serializers.Serializer[Any]):
    """All connections of the tenant, by name."""

    connections = ConnectionSerializer(many=True)


class VersionSerializer(serializers.ModelSerializer[ConnectionVersion]):
    """What was configured at one time."""

    has_secret = serializers.BooleanField(read_only=True)

    class Meta:
        model = ConnectionVersion
        fields = ["number", "settings", "has_secret", "mapping", "arrivals", "change", "made_by", "made_at"]
        read_only_fields = fields


class VersionListSerializer(serializers.Serializer[Any]):
    """Every version, the newest first."""

    versions = VersionSerializer(many=True)


class NewConnectionSerializer(serializers.Serializer[Any]):
    """A connection to begin."""

    guide = serializers.SlugField(max_length=40, help_text="Such as okta-saml; it decides the kind.")
    name = serializers.CharField(required=False, default="", allow_blank=True, max_length=60)


class NameSerializer(serializers.Serializer[Any]):
    """What a connection is called."""

    name = serializers.CharField(max_length=60)


class ReasonSerializer(serializers.Serializer[Any]):
    """Why a connection is activated without a passing test."""

    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=200)


class MetadataSerializer(serializers.Serializer[Any]):
    """A SAML identity provider's metadata, in one of three ways."""

    by = serializers.ChoiceField(choices=_WAYS, help_text="How it is given.")
    url = serializers.CharField(required=False, default="", allow_blank=True, max_length=2048)
    document = serializers.CharField(required=False, default="", allow_blank=True, trim_whitespace=False)
    entity_id = serializers.CharField(required=False, default="", allow_blank=True, max_length=1024)
    sso_url = serializers.CharField(required=False, default="", allow_blank=True, max_length=2048)
    slo_url = serializers.CharField(required=False, default="", allow_blank=True, max_length=2048)
    certificates = serializers.ListField(child=serializers.CharField(), required=False, default=list)

    def given(self) -> GivenMetadata:
        """Return what valid input gives."""
        data = self.validated_data
        return GivenMetadata(
            source=data["by"],
            url=data["url"],
            data=data["document"].encode(),
            entity_id=data["entity_id"],
            sso_url=data["sso_url"],
            slo_url=data["slo_url"],
            certificates=tuple(data["certificates"]),
        )


class OpenIdSerializer(serializers.Serializer[Any]):
    """An OpenID provider, found by its issuer."""

    issuer = serializers.CharField(max_length=512)
    client_id = serializers.CharField(max_length=255)
    client_secret = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=4096, write_only=True,
        help_text="Empty keeps the stored one, as long as it goes to the same provider.",
    )  # fmt: skip
    scopes = serializers.CharField(required=False, default="openid email profile", max_length=255)
    attributes_request_method = serializers.ChoiceField(required=False, default="GET", choices=["GET", "POST"])

    def given(self) -> GivenOpenId:
        """Return what valid input gives."""
        data = dict(self.validated_data)
        return GivenOpenId(secret=data.pop("client_secret") or None, **data)


class SocialSerializer(serializers.Serializer[Any]):
    """What a social provider knows its application by."""

    client_id = serializers.CharField(max_length=255)
    client_secret = serializers.CharField(
        required=False,
        default="",
        allow_blank=True,
        max_length=4096,
        write_only=True,
        help_text="For Apple, the private key. Empty keeps the stored one.",
    )
    scopes = serializers.CharField(max_length=255, help_text="Separated as the provider wants it.")
    api_version = serializers.CharField(required=False, default="", allow_blank=True, max_length=16)
    team_id = serializers.CharField(required=False, default="", allow_blank=True, max_length=32)
    key_id = serializers.CharField(required=False, default="", allow_blank=True, max_length=32)

    def settings(self) -> SocialSettings:
        """Return what valid input gives, without the secret."""
        names = ("client_id", "scopes", "api_version", "team_id", "key_id")
        return SocialSettings(**{name: self.validated_data[name] for name in names})
