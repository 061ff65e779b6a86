"""A call of the token endpoint that was refused, for the log of sign-ins, where somebody of a tenant is concerned."""

import json
from datetime import datetime

from django.http import HttpRequest, HttpResponse

from federation.auth_reasons import Reason
from federation.models import AuthorizationCode, AuthWay, RefreshToken
from federation.services.auth_events import record_failure
from federation.services.waits import begin_wait
from federation.tokens import hash_token
from federation.visitor import visitor

# A client that asks again and again with the same one is one line in this time.
_ONCE_IN_SECONDS = 60


def note_refusal(request: HttpRequest, response: HttpResponse, *, began: datetime, used_twice: bool) -> None:
    """Keep that a code or refresh token was refused, whoever brought it. What nobody was given leaves no line.

    Args:
        request: to the token endpoint.
        response: its answer, an error (RFC 6749 section 5.2).
        began: when the request was taken up: what was used before then was used twice.
        used_twice: whether the grant refused it for that, also where the other use came meanwhile.
    """
    found = _code(request.POST.get("code", "")) or _refresh_token(request.POST.get("refresh_token", ""))
    if found is None or begin_wait("refused.token", f"{found._meta.label}:{found.pk}", seconds=_ONCE_IN_SECONDS):
        return
    is_code = isinstance(found, AuthorizationCode)
    if used_twice or (found.used_at is not None and found.used_at < began):
        reason = Reason.CODE_USED_TWICE if is_code else Reason.TOKEN_USED_TWICE
    elif found.used_at is not None:
        reason = Reason.NOT_ENTITLED
    else:
        reason = Reason.CODE_NOT_GOOD if is_code else Reason.TOKEN_NOT_GOOD
    given = found if isinstance(found, AuthorizationCode) else found.family
    record_failure(
        given.tenant,
        AuthWay.TOKEN,
        visitor=visitor(request),
        reason=reason,
        detail=str(json.loads(response.content).get("error", "")),
        user=given.user,
        application=given.application,
    )


def _code(text: str) -> AuthorizationCode | None:
    if not text:
        return None
    rows = AuthorizationCode.objects.select_related("tenant", "user", "application")
    return rows.filter(code_hash=hash_token(text)).first()


def _refresh_token(text: str) -> RefreshToken | None:
    if not text:
        return None
    rows = RefreshToken.objects.select_related("family__tenant", "family__user", "family__application")
    return rows.filter(token_hash=hash_token(text)).first()
