"""The REST API about what a connection is made of: each part is set as a whole."""

import uuid
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from federation.api.serializers import (
    ConnectionDetailSerializer,
    MetadataSerializer,
    OpenIdSerializer,
    PeopleSerializer,
    SocialSerializer,
)
from federation.api.views import ConnectionView
from federation.metadata import Choice
from federation.sayings import Finding, Severity
from federation.services.connection_mapping import save_people
from federation.services.connection_values import take_metadata, take_openid, take_social
from identity.api.problems import OBJECT_ERRORS
from tenants.errors import ValidationFailed
from tenants.permissions import Permission

Given = TypeVar("Given", bound=serializers.Serializer[Any])
Method = TypeVar("Method", bound=Callable[..., Response])


class _Part(ConnectionView):
    """A part of a connection, which is set as a whole."""

    required = {"PUT": Permission.CONNECTIONS_WRITE}


def _sets(operation_id: str, given: type[serializers.Serializer[Any]]) -> Callable[[Method], Method]:
    """Describe a method that sets a part and answers with the connection."""
    answers: dict[Any, Any] = {200: ConnectionDetailSerializer, **OBJECT_ERRORS}
    return extend_schema(operation_id=operation_id, request=given, responses=answers)


def _valid(kind: type[Given], request: Request) -> Given:
    """Return what is given, if it has the right shape."""
    asked = kind(data=request.data)
    asked.is_valid(raise_exception=True)
    return asked


class ConnectionMetadata(_Part):
    """The metadata of a SAML identity provider."""

    @_sets("set_connection_metadata", MetadataSerializer)
    def put(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Read metadata and keep it, unless it cannot work."""
        given = _valid(MetadataSerializer, request).given()
        found = take_metadata(self.tenant, connection_id, given, actor=self.actor)
        if isinstance(found, Choice):
            listed = ", ".join(each.entity_id for each in found.entities[:20])
            message = _("It lists %(count)d identity providers. Say which one is yours: %(listed)s")
            message %= {"count": found.total, "listed": listed}
            raise ValidationFailed(message, fields={"entity_id": message})
        _refuse_errors(found.findings)
        return self.answer(connection_id)


class ConnectionOpenId(_Part):
    """The values of an OpenID provider."""

    @_sets("set_connection_openid", OpenIdSerializer)
    def put(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Look the provider up by its issuer and keep what it says, unless it cannot work."""
        given = _valid(OpenIdSerializer, request).given()
        _refuse_errors(take_openid(self.tenant, connection_id, given, actor=self.actor).findings)
        return self.answer(connection_id)


class ConnectionSocial(_Part):
    """The values of a social provider."""

    @_sets("set_connection_social", SocialSerializer)
    def put(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Keep what the provider knows its application by."""
        asked = _valid(SocialSerializer, request)
        secret = asked.validated_data["client_secret"] or None
        take_social(self.tenant, connection_id, asked.settings(), secret=secret, actor=self.actor)
        return self.answer(connection_id)


class ConnectionPeople(_Part):
    """What a connection takes over of people, and whom it lets in."""

    @_sets("set_connection_people", PeopleSerializer)
    def put(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Set mapping, rules and arrivals together."""
        asked = _valid(PeopleSerializer, request)
        save_people(self.tenant, connection_id, asked.wanted_mapping(), asked.wanted_arrivals(), actor=self.actor)
        return self.answer(connection_id)


def _refuse_errors(findings: Iterable[Finding]) -> None:
    """Answer what kept the values from being saved."""
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        message = _("Nothing was saved: it cannot work like this.")
        raise ValidationFailed(message, fields={each.code: f"{each.message} {each.remedy}" for each in errors})
