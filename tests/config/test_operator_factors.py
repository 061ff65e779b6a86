"""Operators' authenticator apps."""

import pyotp
import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.factories import Cast
from tests.federation.app_codes import next_code

PASSWORD = "Operator-battery-staple-1"


@pytest.mark.parametrize("written", ["{0}{1}", "{0} {1}"])
def test_a_code_works_once_for_as_long_as_it_is_good(cast: Cast, written: str) -> None:
    """RFC 6238 section 5.2. allauth forgets a used one after half a minute, when one of the next step is still good."""
    cast.operator.set_password(PASSWORD)
    cast.operator.save(update_fields=["password"])
    secret = generate_totp_secret()
    TOTP.activate(cast.operator, secret)
    code = next_code(pyotp.TOTP(secret))
    assert gets_in(cast, code)
    assert cache.delete(f"allauth.mfa.totp.used?user={cast.operator.pk}&code={code}")
    assert not gets_in(cast, written.format(code[:3], code[3:]))


def gets_in(cast: Cast, code: str) -> bool:
    """Sign in with the password, then a code."""
    client = Client()
    client.post(reverse("account_login"), {"login": cast.operator.email, "password": PASSWORD})
    client.post(reverse("mfa_authenticate"), {"code": code})
    return "_auth_user_id" in client.session
