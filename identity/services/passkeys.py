"""What is known of people's passkeys: what their own sign-ins and registrations show."""

from django.utils import timezone

from identity.models import DirectoryUser


def note_passkey(user: DirectoryUser, *, present: bool) -> None:
    """Keep whether a user has a passkey."""
    if user.has_passkey != present:
        DirectoryUser.objects.filter(pk=user.pk).update(has_passkey=present)
        user.has_passkey = present


def note_passkey_declined(user: DirectoryUser) -> None:
    """Keep that a user does not want a passkey now."""
    DirectoryUser.objects.filter(pk=user.pk).update(passkey_declined_at=timezone.now())
