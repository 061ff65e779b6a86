"""Where AWS accounts ask for the words of Cognito's messages. No session, no form: the signature says who it is."""

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from identity.services.events import LARGEST, EventRefused
from identity.services.messages import words_for
from tenants.errors import ValidationFailed


@csrf_exempt
@require_POST
def cognito_message(request: HttpRequest, cell_id: uuid.UUID) -> HttpResponse:
    """Answer the words of one message; 204 where it was signed and there are none."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
        return HttpResponse(status=413)
    try:
        words = words_for(cell_id, request.body, request.headers)
    except (EventRefused, ValidationFailed) as error:
        return HttpResponse(error.message, content_type="text/plain; charset=utf-8", status=error.status)
    return HttpResponse(status=204) if words is None else JsonResponse(words.for_cognito())
