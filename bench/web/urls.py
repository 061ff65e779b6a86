"""The dashboard's addresses, and below /open/ views of its API for which nobody has to show a token.

There the caller is the same for each request and is read once, so that the difference is what our authentication costs.
"""

import os
from functools import cache
from typing import cast

from django.urls import include, path
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from config.urls import dashboard
from identity.actors import member_actor
from identity.api.policy import PolicyView
from identity.api.views import Users
from identity.models import DirectoryUser
from tenants.http import Request as HttpRequestWithActor
from tenants.models import Account


@cache
def _caller() -> tuple[DirectoryUser, Account]:
    user = DirectoryUser.objects.select_related("tenant").get(pk=os.environ["BENCH_CALLER"])
    return user, Account.objects.for_member(tenant=user.tenant, subject=user.pk)


class Nobody(BaseAuthentication):
    """Takes everybody for the one caller."""

    def authenticate(self, request: Request) -> tuple[Account, None]:
        """Return the caller."""
        user, account = _caller()
        http = cast(HttpRequestWithActor, request._request)  # noqa: SLF001  # Where views look for it.
        http.actor = member_actor(http, user)
        return account, None


urlpatterns = [
    path("open/policy", PolicyView.as_view(authentication_classes=[Nobody])),
    path("open/users", Users.as_view(authentication_classes=[Nobody])),
    path("", include(dashboard)),
]
