"""Security keys and passkeys that Lifeguard keeps of somebody: whose they are, how often used, and when they end."""

import json

import pytest
from django.conf import settings

from federation.models import OwnKey, SecurityNotice
from federation.selectors.own_keys import keys_of, known, party_for
from federation.services.own_account import LastFactor
from federation.services.own_keys import MOST, TooManyKeys, accept_key, handle_of, keep_key, name_key, remove_key
from federation.webauthn import KeyCopied, KeyRejected, creation_options, origin_of, request_options, verify_made
from identity import auth
from identity.models import DirectoryUser, UserStatus
from tenants.crypto import DecryptionFailed
from tenants.errors import NotFound, ValidationFailed
from tenants.factors import SecondFactor
from tenants.models import AuditEvent, MfaPolicy, SignInPolicy, Tenant
from tests.factories import DirectoryUserFactory, TenantFactory
from tests.support.authenticator import Passkey
from tests.support.connections import ACTOR

pytestmark = pytest.mark.django_db


def person(tenant: Tenant, name: str = "ada") -> DirectoryUser:
    """Somebody who comes by an identity provider."""
    return DirectoryUserFactory.create(
        tenant=tenant,
        email=f"{name}@acme.example",
        status=UserStatus.ACTIVE,
        cognito_status="EXTERNAL_PROVIDER",
        cognito_sub=name,
    )


def has_key(user: DirectoryUser, passkey: Passkey | None = None, *, name: str = "", is_first: bool = False) -> Passkey:
    """Let somebody make a key."""
    passkey = passkey or Passkey(origin_of(settings.SIGNIN_URL))
    party = party_for(user.tenant, keys_of(user))
    options = creation_options(party, handle=handle_of(user), account=user.email, known=[])
    made = verify_made(party, options, json.dumps(passkey.made_for(options)))
    keep_key(user, party, made, name, is_first=is_first, visitor=ACTOR)
    return passkey


def use(user: DirectoryUser, passkey: Passkey) -> None:
    """Let somebody use a key."""
    keys = keys_of(user)
    options = request_options(party_for(user.tenant, keys), [known(key) for key in keys])
    accept_key(user, options, passkey.signed(options), visitor=ACTOR)


@pytest.fixture
def ada() -> DirectoryUser:
    """Somebody of one tenant."""
    return person(TenantFactory.create())


def test_a_key_is_kept_sealed_and_told(ada: DirectoryUser) -> None:
    passkey = has_key(ada, name="  Desk\nkey ", is_first=True)
    kept = OwnKey.objects.get()
    assert (kept.name, kept.rp_id, kept.transports) == ("Desk key", party_for(ada.tenant, []).rp_id, ["internal"])
    assert passkey.credential_id not in bytes(kept.credential_encrypted)
    assert known(kept).id == passkey.credential_id
    assert AuditEvent.objects.get(action="user.key_added").after == {"name": "Desk key", "user_verified": True}
    assert SecurityNotice.objects.get(user=ada).kind == "key_added"
    ada.refresh_from_db()
    assert ada.second_factors == [SecondFactor.KEY]
    use(ada, passkey)
    kept.refresh_from_db()
    assert kept.sign_count == 1
    assert kept.last_used_at is not None


def test_what_is_sealed_is_of_no_use_in_another_row(ada: DirectoryUser) -> None:
    has_key(ada)
    row = OwnKey.objects.get()
    for changed in ({"user": person(ada.tenant, "bob")}, {"tenant": TenantFactory.create()}, {"credential_hash": "x"}):
        other = OwnKey.objects.get()
        for name, value in changed.items():
            setattr(other, name, value)
        with pytest.raises(DecryptionFailed):
            assert other.credential != row.credential


def test_a_counter_that_goes_back_is_refused_logged_and_told(ada: DirectoryUser) -> None:
    passkey = has_key(ada)
    passkey.counter = 5
    use(ada, passkey)
    copy = Passkey(passkey.origin, credential_id=passkey.credential_id, key=passkey.key, counter=2)
    with pytest.raises(KeyCopied):
        use(ada, copy)
    # Nor is one that stands still, or that has gone.
    copy.counter = 5
    with pytest.raises(KeyCopied):
        use(ada, copy)
    copy.counter = None
    with pytest.raises(KeyCopied):
        use(ada, copy)
    events = AuditEvent.objects.filter(action="user.key_copied")
    assert {(event.before["counter"], event.after["counter"]) for event in events} == {(6, 3), (6, 6), (6, 0)}
    assert SecurityNotice.objects.filter(user=ada, kind="key_copied").count() == 3
    use(ada, passkey)


def test_a_key_without_a_counter_is_used_again_and_again(ada: DirectoryUser) -> None:
    passkey = has_key(ada, Passkey(origin_of(settings.SIGNIN_URL), counter=None))
    use(ada, passkey)
    use(ada, passkey)


def test_an_answer_is_no_answer_to_another_challenge(ada: DirectoryUser) -> None:
    passkey = has_key(ada)
    keys = keys_of(ada)
    first, second = (request_options(party_for(ada.tenant, keys), [known(key) for key in keys]) for _ in range(2))
    with pytest.raises(KeyRejected):
        accept_key(ada, second, passkey.signed(first), visitor=ACTOR)


def test_nobody_gets_in_by_a_key_of_somebody_else(ada: DirectoryUser) -> None:
    passkey = has_key(ada)
    for other in (person(ada.tenant, "bob"), person(TenantFactory.create())):
        has_key(other)
        with pytest.raises(KeyRejected):
            use(other, passkey)
    # Of one tenant a credential is one person's; of another tenant nobody learns that there is such.
    with pytest.raises(KeyRejected):
        has_key(person(ada.tenant, "eve"), passkey)
    has_key(person(TenantFactory.create()), passkey)


def test_several_keys_and_no_more_than_there_may_be(ada: DirectoryUser) -> None:
    passkeys = [has_key(ada) for _ in range(MOST)]
    with pytest.raises(TooManyKeys):
        has_key(ada)
    assert [key.name for key in keys_of(ada)][:2] == ["Key 1", "Key 2"]
    use(ada, passkeys[0])
    use(ada, passkeys[-1])


def test_the_first_is_not_joined_by_another_without_being_used(ada: DirectoryUser) -> None:
    has_key(ada, is_first=True)
    with pytest.raises(auth.SessionExpired):
        has_key(ada, is_first=True)


def test_a_reset_makes_all_of_them_void(ada: DirectoryUser) -> None:
    passkey = has_key(ada)
    DirectoryUser.objects.update(mfa_reset_wanted=1)
    ada.refresh_from_db()
    assert keys_of(ada) == []
    with pytest.raises(KeyRejected):
        use(ada, passkey)
    has_key(ada, is_first=True)
    assert OwnKey.objects.count() == 1


def test_a_key_is_named_and_removed_but_not_the_last_that_is_asked_for(ada: DirectoryUser) -> None:
    has_key(ada)
    key = OwnKey.objects.get()
    name_key(ada, str(key.pk), "Blue one", visitor=ACTOR)
    with pytest.raises(ValidationFailed):
        name_key(ada, str(key.pk), " \n", visitor=ACTOR)
    for stranger in (person(ada.tenant, "bob"), person(TenantFactory.create())):
        with pytest.raises(NotFound):
            name_key(stranger, str(key.pk), "Mine", visitor=ACTOR)
        with pytest.raises(NotFound):
            remove_key(stranger, str(key.pk), visitor=ACTOR)
    SignInPolicy.objects.filter(tenant=ada.tenant).update(mfa=MfaPolicy.REQUIRED)
    with pytest.raises(LastFactor):
        remove_key(ada, str(key.pk), visitor=ACTOR)
    has_key(ada)
    remove_key(ada, str(key.pk), visitor=ACTOR)
    assert AuditEvent.objects.get(action="user.key_removed").before == {"name": "Blue one"}
    SignInPolicy.objects.filter(tenant=ada.tenant).update(mfa=MfaPolicy.OPTIONAL)
    remove_key(ada, str(OwnKey.objects.get().pk), visitor=ACTOR)
    ada.refresh_from_db()
    assert not ada.has_second_factor
