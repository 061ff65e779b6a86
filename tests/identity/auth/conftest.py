"""A person with a password, in the pool of each test."""

from dataclasses import dataclass

import pytest

from identity.auth import (
    AppClientRef,
    NewPasswordRequired,
    SignedIn,
    create_user_with_password,
    set_temporary_password,
    sign_in_with_password,
)

PASSWORD = "Correct-horse-7"
TEMPORARY = "Temporary-pass-1"
WRONG = "Wrong-horse-77"


@dataclass(frozen=True)
class Person:
    """A local user of the test's pool."""

    username: str
    subject: str
    client: AppClientRef

    def sign_in(self) -> SignedIn:
        """Sign in with the right password, which must be enough."""
        result = sign_in_with_password(self.client, self.username, PASSWORD)
        assert isinstance(result, SignedIn)
        return result


def make_person(client: AppClientRef, username: str = "key.ann", email: str = "ann@acme.example") -> Person:
    """A person with the password PASSWORD."""
    subject = create_user_with_password(client.pool, username, email, PASSWORD)
    return Person(username, subject, client)


@pytest.fixture
def ann(app_client: AppClientRef) -> Person:
    """A person with the password PASSWORD."""
    return make_person(app_client)


def temporary_sign_in(client: AppClientRef) -> NewPasswordRequired:
    """Sign a new person in with a temporary password."""
    set_temporary_password(client.pool, "key.bob", "bob@acme.example", TEMPORARY)
    result = sign_in_with_password(client, "key.bob", TEMPORARY)
    assert isinstance(result, NewPasswordRequired)
    return result
