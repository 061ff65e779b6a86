"""Where AWS accounts send events. No session, no form: the signature says who it is."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from identity.services.events import LARGEST, EventRefused, receive_event
from tenants.errors import ValidationFailed


@csrf_exempt
@require_POST
def cognito_event(request: HttpRequest, cell_id: uuid.UUID) -> HttpResponse:
    """Take one event in. 202 says that it was signed, and nothing of what it named."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse(status=413)
    try:
        receive_event(cell_id, request.body, request.headers)
    except (EventRefused, ValidationFailed) as error:
        return HttpResponse(error.message, content_type="text/plain; charset=utf-8", status=error.status)
    return HttpResponse(status=202)
