"""What Cognito calls the identity provider of a connection.

A name is a part of the names of everybody who signed in by it (`<provider>_<subject>`), so that one which was ever in
use is never given again: whoever the earlier provider vouched for would be taken for whom the later one vouches for.
"""

import re
from collections.abc import Collection
from types import MappingProxyType

LONGEST = 32  # ProviderNameTypeV2 in botocore's service model.
WORD = re.compile(r"[a-z0-9]{2,16}")

TEST_PREFIX = "test-"

# Cognito's fixed names, one of each in a pool (CreateIdentityProvider).
SOCIAL_NAMES = MappingProxyType(
    {"google": "Google", "facebook": "Facebook", "amazon": "LoginWithAmazon", "apple": "SignInWithApple"}
)


def is_social(kind: str) -> bool:
    """Say whether Cognito has a fixed name for this kind (`ConnectionKind`), so that a pool can have only one."""
    return kind in SOCIAL_NAMES


def provider_name(key: str, word: str, taken: Collection[str]) -> str:
    """Return a name that the tenant has not used yet, such as `k3v9x2ab-okta`, and then `k3v9x2ab-okta2`.

    Args:
        key: the tenant's.
        word: what the guide calls the product, 2 to 16 of a-z and 0-9.
        taken: the names of all connections that the tenant ever had.

    Raises:
        ValueError: the word is not such a word.
    """
    if not WORD.fullmatch(word):
        raise ValueError(f"{word!r} cannot be a part of a provider's name")
    number, name = 1, f"{key}-{word}"
    while name in taken:
        number += 1
        name = f"{key}-{word}{number}"
    return name


def purpose_of_test(word: str) -> str:
    """Return what the app client of a test is for; its identity provider has the client's name, `<key>-test-<word>`.

    No connection's provider can be called so: its word has no hyphen.
    """
    return f"{TEST_PREFIX}{word}"


def username_prefix(name: str) -> str:
    """Return what the Cognito usernames of a provider's people begin with, in lower case as pools of ours keep them."""
    return f"{name}_".lower()
