"""Words for the messages that Cognito sends, for the function of a cell's account that asks for them."""

import uuid
from collections.abc import Mapping

from django.conf import settings
from django.db.models import Q

from identity.languages import written_in
from identity.messages.question import Question, question_of
from identity.messages.words import Words, write
from identity.models import DirectoryUser, UserStatus
from identity.services.events import open_signed


def words_for(cell_id: uuid.UUID, body: bytes, headers: Mapping[str, str]) -> Words | None:
    """Write the message that a function of a cell's account asks about.

    Somebody waits for it at a sign-in, so that nothing is asked of Cognito, and little of the database.

    Args:
        cell_id: from the address.
        body: as sent; the signature is over these bytes.
        headers: with those of Standard Webhooks.

    Returns:
        None where there is nobody of that name in a pool of this cell, or no such message: Cognito has words itself.

    Raises:
        EventRefused: see there.
        ValidationFailed: the body is no JSON.
    """
    _row, document = open_signed(cell_id, body, headers)
    question = question_of(document)
    person = _addressee(cell_id, question) if question else None
    if question is None or person is None:
        return None
    with written_in(person.language or _known(question.locale)):
        return write(question.purpose, person.tenant.branding, slug=person.tenant.slug)


def _addressee(cell_id: uuid.UUID, question: Question) -> DirectoryUser | None:
    """Return whose message it is: who has the name in that pool, else the subject, which may be one of before."""
    anybody = Q(cognito_username=question.username)
    if question.sub:
        anybody |= Q(cognito_sub=question.sub)
    if (pk := _row_id(question.username)) is not None:
        anybody |= Q(pk=pk)
    here = Q(tenant__pool__cell_id=cell_id, tenant__pool__cognito_id=question.pool_id)
    found = DirectoryUser.objects.select_related("tenant__branding").filter(anybody, here)
    rows = list(found.exclude(status=UserStatus.DELETING))
    named = [row for row in rows if row.username == question.username]
    known = [row for row in rows if question.sub and row.cognito_sub == question.sub]
    return next(iter([*named, *known]), None)


def _row_id(username: str) -> uuid.UUID | None:
    """Return the id in a name of ours (`DirectoryUser.username`); None for any other name."""
    try:
        return uuid.UUID(username.partition(".")[2])
    except ValueError:
        return None


def _known(locale: str) -> str:
    """Return the language of a locale if we have it; empty, which is English, otherwise."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    return language if language in dict(settings.BRAND_LANGUAGES) else ""
