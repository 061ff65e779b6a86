"""Remembered devices, on a running Cognito: confirmed after a second factor, proved in its place, and forgotten."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from identity.auth import (
    AppClientRef,
    AuthError,
    AuthUnavailable,
    Device,
    InvalidCredentials,
    NewPasswordRequired,
    SignedIn,
    SignInResult,
    TotpRequired,
    UserDisabled,
    answer_new_password,
    answer_totp,
    confirm_device,
    forget_device,
    set_temporary_password,
    sign_in_with_password,
)
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from tests.identity.auth.conftest import PASSWORD, TEMPORARY, WRONG, Person, make_person
from tests.identity.auth.test_totp import Authenticator, enrol
from tests.identity.conftest import make_client
from tests.support.cognito import LocalCognito

# What a sign-in from a device calls, after InitiateAuth and PASSWORD_VERIFIER: two proofs.
_STEPS = ["InitiateAuth", *(3 * ["RespondToAuthChallenge"])]


@dataclass(frozen=True)
class Scene:
    """A person with an authenticator app, in a pool that remembers devices."""

    person: Person
    app: Authenticator

    @property
    def client(self) -> AppClientRef:
        return self.person.client

    def sign_in(self, device: Device | None = None, password: str = PASSWORD) -> SignInResult:
        return sign_in_with_password(self.client, self.person.username, password, device=device)

    def with_code(self) -> SignedIn:
        """Sign in with both factors."""
        asked = self.sign_in()
        assert isinstance(asked, TotpRequired)
        signed_in = answer_totp(self.client, asked.username, asked.session, self.app.code())
        assert isinstance(signed_in, SignedIn)
        return signed_in

    def device(self) -> Device:
        """Sign in with both factors, and have the device remembered."""
        signed_in = self.with_code()
        assert signed_in.new_device is not None
        return confirm_device(
            self.client, signed_in.new_device, access_token=signed_in.access_token, name="Firefox on Windows"
        )


@pytest.fixture
def ann(make_pool: Callable[..., PoolRef]) -> Scene:
    """Ann."""
    person = make_person(make_client(make_pool(remembers_devices=True)))
    return Scene(person, enrol(person))


def test_a_remembered_device_stands_for_the_second_factor(ann: Scene, cognito: LocalCognito) -> None:
    device = ann.device()
    assert device.password not in repr(device)
    cognito.forget_calls()
    result = ann.sign_in(device)
    assert isinstance(result, SignedIn)
    assert (result.by_device, result.new_device) == (True, None)
    assert cognito.operations() == _STEPS
    # And who does not name it is asked, whatever was remembered.
    assert isinstance(ann.sign_in(), TotpRequired)


def test_the_password_is_asked_for_nevertheless(ann: Scene) -> None:
    device = ann.device()
    with pytest.raises(InvalidCredentials):
        ann.sign_in(device, WRONG)
    users.disable_user(ann.client.pool, ann.person.username, priority=Priority.SIGN_IN)
    with pytest.raises(UserDisabled):
        ann.sign_in(device)


@pytest.mark.parametrize("changes", [{"password": "another"}, {"key": "eu-west-1_x"}, {"group_key": "-another"}])
def test_one_that_is_not_the_device_counts_as_none(ann: Scene, changes: dict[str, str]) -> None:
    assert isinstance(ann.sign_in(replace(ann.device(), **changes)), TotpRequired)


def test_anothers_device_counts_as_none(ann: Scene) -> None:
    """With the right password of somebody else's, and all that the device has."""
    device = ann.device()
    bob = Scene(make_person(ann.client, "key.bob", "bob@acme.example"), ann.app)
    result = bob.sign_in(device)
    assert isinstance(result, SignedIn)
    assert not result.by_device


def test_one_that_was_forgotten_counts_as_none(ann: Scene) -> None:
    device = ann.device()
    for _ in range(2):
        forget_device(ann.client.pool, ann.person.username, device.key)
    assert isinstance(ann.sign_in(device), TotpRequired)
    # Of somebody who is gone there is nothing to forget.
    forget_device(ann.client.pool, "key.nobody", device.key)


def test_forgetting_of_which_the_answer_is_lost_is_done_again(ann: Scene, cognito: LocalCognito) -> None:
    device = ann.device()
    cognito.fault("AdminForgetDevice", "timeout_after")
    with pytest.raises(AuthUnavailable):
        forget_device(ann.client.pool, ann.person.username, device.key)
    assert cognito.applied("AdminForgetDevice") == 1
    forget_device(ann.client.pool, ann.person.username, device.key)


def test_one_that_was_confirmed_and_not_remembered_counts_as_none(ann: Scene, cognito: LocalCognito) -> None:
    signed_in = ann.with_code()
    assert signed_in.new_device is not None
    cognito.fault("UpdateDeviceStatus", "access_denied")
    with pytest.raises(AuthError):
        confirm_device(ann.client, signed_in.new_device, access_token=signed_in.access_token, name="x")
    unremembered = Device(signed_in.new_device.key, signed_in.new_device.group_key, "x")
    assert isinstance(ann.sign_in(unremembered), TotpRequired)


def test_a_new_password_comes_before_the_device(ann: Scene) -> None:
    """Cognito would ask for it after that, in a step that nobody takes here."""
    device = ann.device()
    set_temporary_password(ann.client.pool, ann.person.username, "ann@acme.example", TEMPORARY)
    result = ann.sign_in(device, TEMPORARY)
    assert isinstance(result, NewPasswordRequired)
    result = answer_new_password(ann.client, result.username, result.session, "Another-horse-9")
    assert isinstance(result, TotpRequired)


def test_a_reset_of_factors_forgets_all_devices(ann: Scene) -> None:
    """Those as well that an application confirmed by itself."""
    device = ann.device()
    users.reset_factors(ann.client.pool, ann.person.username, priority=Priority.BULK)
    enrol(ann.person)
    assert isinstance(ann.sign_in(device), TotpRequired)


def test_a_pool_that_remembers_none_names_none(make_pool: Callable[..., PoolRef]) -> None:
    person = make_person(make_client(make_pool()))
    assert person.sign_in().new_device is None


def test_a_cognito_that_does_not_answer_is_not_taken_for_a_refusal(ann: Scene, cognito: LocalCognito) -> None:
    """Or a remembered device would be given up for an outage."""
    device = ann.device()
    cognito.fault("RespondToAuthChallenge", "error_500", times=20)
    with pytest.raises(AuthUnavailable):
        ann.sign_in(device)
