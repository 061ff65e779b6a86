"""What a test of a connection has in Cognito: brought there while it lasts, and away when it is over.

Its key is the test itself, so that nothing of it stands in the way of what the tenant's people sign in by.
"""

import uuid
from datetime import timedelta

from django.utils import timezone
from pydantic import SecretStr

from federation.connections.test_report import request_of
from federation.models import ConnectionTest, ConnectionTestState
from federation.services.connection_test_visits import keep_sent, mark_ready
from federation.services.connection_tests import close_failed, close_overdue
from federation.sync.social_test import goes_by_the_tenants, is_the_tenants, keep_age
from federation.sync.steps_of_test import callback_url_of_tests, gone, wanted
from federation.sync.users_of_test import leaving
from federation.tokens import new_token
from identity import auth
from identity.cells import hosted_url, pool_ref
from identity.cognito.errors import InvalidRequest, Terminal
from identity.models import AppClient, SyncedResource
from identity.sync.attempt import Attempt
from identity.sync.converge import Work, converge
from identity.sync.errors import Blocked, NotYet
from identity.sync.look_again import LOOK_AGAIN
from identity.sync.write_lease import pool_writer
from tenants.actor import system
from tenants.models import SyncKind
from tenants.services.outbox import is_owed

_ACTOR = system("sync")


def reconcile_test(attempt: Attempt) -> None:
    """Prepare a test, or clean up after it. Whoever was interrupted begins again: each step looks first.

    Raises:
        NotYet: something has to be there first, or to be looked at once more.
    """
    test = _read(attempt.key)
    if test is None or test.cleaned_at is not None:
        return
    if not test.tenant.pool.is_provisioned:
        # It went with its pool.
        _keep(test, closed_at=timezone.now(), cleaned_at=timezone.now())
    elif test.is_open and test.tenant.is_active and test.connection.deleted_at is None:
        _prepare(attempt, test)
    else:
        close_overdue(test.tenant)
        _let_browser_out(test)
        _clean_up(attempt, test)


def _read(key: uuid.UUID) -> ConnectionTest | None:
    rows = ConnectionTest.objects.select_related("connection__newest", "tenant__pool__cell", "tenant__policy")
    return rows.filter(pk=key).first()


def _prepare(attempt: Attempt, test: ConnectionTest) -> None:
    try:
        with pool_writer(attempt, test.tenant.pool) as guard:
            # While the lease was waited for, the connection may have been put to use.
            test = _read(attempt.key) or test
            if test.is_overtaken:
                close_failed(test, code="changed", detail="", visitor=_ACTOR)
                return
            steps = wanted(test, makes_provider=not goes_by_the_tenants(test))
            converge(attempt, Work(steps, test.tenant.pool, test.tenant), guard=guard)
    except (Terminal, Blocked) as error:
        if isinstance(error, InvalidRequest) and is_owed(SyncKind.POOL, test.tenant.pool_id):
            # An attribute that the mapping names may be on its way.
            raise NotYet("Waits for the user pool.", delay=LOOK_AGAIN) from error
        said = error.message if isinstance(error, Terminal) else f"{error.reason} {error.remedy}"
        close_failed(test, code="not_accepted_by_cognito", detail=said, visitor=_ACTOR)
        return
    if test.state == ConnectionTestState.PREPARING:
        if test.connection.is_social:
            keep_age(test)
        _look_at_request(test)
        mark_ready(test)


def _let_browser_out(test: ConnectionTest) -> None:
    """Wait for the browser that brought the answer: without the app client Cognito would show it an error instead.

    Raises:
        NotYet: it is on its way.
    """
    left = test.signs_out_until - timezone.now() if test.signs_out_until else timedelta()
    if left > timedelta():
        raise NotYet("Waits for the browser to be signed out at Cognito.", delay=left)


def _clean_up(attempt: Attempt, test: ConnectionTest) -> None:
    """Take the way in away first, so that nobody comes any more; then whoever came."""
    pool, tenant = test.tenant.pool, test.tenant
    with pool_writer(attempt, pool) as guard:
        is_the_tenants_own = is_the_tenants(test)
        steps = gone(test, leaves_provider=is_the_tenants_own)
        converge(attempt, Work(steps, pool, tenant), guard=guard)
        if test.closed_at is None:
            _keep(test, closed_at=timezone.now())
        if test.left_at is not None and (users := leaving(test, others_come=is_the_tenants_own)):
            converge(attempt, Work([users], pool, tenant), guard=guard)
    # Of a provider that was taken over, the record goes without it.
    SyncedResource.objects.filter(scope=SyncKind.CONNECTION_TEST, key=test.pk).delete()
    _keep(test, cleaned_at=timezone.now(), came_as="")


def _keep(test: ConnectionTest, **values: object) -> None:
    for name, value in values.items():
        setattr(test, name, value)
    test.save(update_fields=list(values))


def _look_at_request(test: ConnectionTest) -> None:
    """Keep what Cognito sends to the identity provider, to be shown beside what comes back.

    Read from a request like the one that the browser will carry: that one answers with cookies that only the browser
    may have.
    """
    app_client = AppClient.objects.get(tenant=test.tenant, pool=test.tenant.pool, purpose=test.purpose)
    ref = auth.AppClientRef(
        pool_ref(test.tenant.pool).endpoint,
        pool_ref(test.tenant.pool).pool_id,
        app_client.client_id,
        SecretStr(app_client.secret),
    )
    asked = auth.FederatedRequest(test.provider_name, callback_url_of_tests(), new_token(), new_token(), new_token())
    address = auth.next_address(auth.federated_sign_in_url(ref, hosted_url(test.tenant.pool), asked))
    if address:
        keep_sent(test, "theirs", request_of(address).to_json())
