"""A sign-in under way, between the password and the session."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from federation.models.authorization import AuthorizationRequest
from federation.models.sealing import SealedSecrets
from identity.models import DirectoryUser


class Step(models.TextChoices):
    """What the person has to do next."""

    NEW_PASSWORD = "new_password", _("New password")
    TOTP = "totp", _("Code from the authenticator app")
    TOTP_SETUP = "totp_setup", _("Set up the authenticator app")
    TOTP_OFFER = "totp_offer", _("Offer to set up an authenticator app")
    EMAIL_CODE = "email_code", _("Code from the mail")
    SMS_CODE = "sms_code", _("Code from the text message")
    FACTOR_SELECT = "factor_select", _("Choose a second factor to answer with")
    FACTOR_SETUP = "factor_setup", _("Choose a second factor to set up")
    FACTOR_OFFER = "factor_offer", _("Offer to set up a second factor")
    EMAIL_SETUP = "email_setup", _("Show that codes arrive by e-mail")
    PHONE_SETUP = "phone_setup", _("Say the telephone number")
    SMS_SETUP = "sms_setup", _("Show that codes arrive by SMS")
    PASSKEY_OFFER = "passkey_offer", _("Offer to make a passkey")
    OWN_CODE = "own_code", _("Code from the authenticator app that Lifeguard keeps")
    OWN_SETUP = "own_setup", _("Set up an authenticator app that Lifeguard keeps")
    OWN_CHOICE = "own_choice", _("Choose a second factor that Lifeguard keeps")
    OWN_KEY = "own_key", _("Use a security key or passkey that Lifeguard keeps")
    OWN_KEY_SETUP = "own_key_setup", _("Set up a security key or passkey that Lifeguard keeps")
    DONE = "done", _("Done")


class SignInAttempt(SealedSecrets):
    """Where one sign-in is, and what Cognito gave us to go on with, sealed.

    `turn` names the present form. An answer takes the turn by one conditional UPDATE, so that one sent twice, or two
    sent at once, reach Cognito once.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AuthorizationRequest, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(DirectoryUser, on_delete=models.CASCADE, related_name="+")
    step = models.CharField(max_length=16, choices=Step)
    turn = models.UUIDField(default=uuid.uuid4)
    taken_at = models.DateTimeField(null=True, blank=True)
    # Codes from the authenticator app that were tried. Cognito counts them for each of its sessions; whoever has the
    # password can have as many of those as they like, so that these are added up over all attempts of the user.
    code_tries = models.PositiveSmallIntegerField(default=0)
    # Codes that were sent in this attempt; added up likewise.
    codes_sent = models.PositiveSmallIntegerField(default=0, db_default=0)
    # The name that Cognito wants in answers; not what the person typed.
    username = models.CharField(max_length=128)
    amr = ArrayField(models.CharField(max_length=16), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.user}: {self.step}"

    @property
    def is_open(self) -> bool:
        """Say whether it can still be answered."""
        return self.step != Step.DONE and self.expires_at > timezone.now()
