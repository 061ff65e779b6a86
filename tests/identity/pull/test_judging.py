"""Comparing a row with a listed user, without any I/O."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from identity.cognito.users import CognitoUser, UserStatus
from identity.pull.judging import NOTHING, Known, Value, judge
from identity.pull.ownership import OWNERS, Field, Origin, Owner

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
VALUES: dict[Field, Value] = {
    Field.STATUS: "CONFIRMED",
    Field.SUB: "sub-1",
    Field.ENABLED: True,
    Field.EMAIL: "ann@acme.example",
    Field.EMAIL_VERIFIED: True,
    Field.NAME: "Ann Lee",
}
KNOWN = Known(id=uuid.UUID(int=1), made_there=False, expected=True, values=VALUES, modified_at=NOON, missing=False)
ATTRIBUTES = {"sub": "sub-1", "email": "ann@acme.example", "email_verified": "true", "name": "Ann Lee"}
LISTED = CognitoUser("key.1", "sub-1", UserStatus.CONFIRMED, True, ATTRIBUTES, None, NOON)
LATER = NOON + timedelta(seconds=1)


def listed(*, enabled: bool = True, status: UserStatus = UserStatus.CONFIRMED, **attributes: str) -> CognitoUser:
    """The user as listed after somebody changed something."""
    changed = {**ATTRIBUTES, **attributes}
    return replace(
        LISTED, enabled=enabled, status=status, subject=changed["sub"], attributes=changed, modified_at=LATER
    )


# One change of each field, as a listing shows it.
CHANGES = {
    Field.STATUS: listed(status=UserStatus.RESET_REQUIRED),
    Field.SUB: listed(sub="sub-2"),
    Field.ENABLED: listed(enabled=False),
    Field.EMAIL: listed(email="Other@acme.example"),
    Field.EMAIL_VERIFIED: listed(email_verified="false"),
    Field.NAME: listed(name="Ann Other"),
}


def test_each_field_has_an_owner_for_each_origin() -> None:
    assert OWNERS.keys() == set(Field)
    assert all(owners.keys() == set(Origin) for owners in OWNERS.values())


@pytest.mark.parametrize("made_there", [False, True])
@pytest.mark.parametrize("field", Field)
def test_the_owner_of_a_field_wins(field: Field, made_there: bool) -> None:
    owner = OWNERS[field][Origin.THERE if made_there else Origin.HERE]
    judgement = judge(replace(KNOWN, made_there=made_there), CHANGES[field], settled=True)
    assert [difference.field for difference in judgement.taken] == ([field] if owner is Owner.COGNITO else [])
    assert [difference.field for difference in judgement.conflicts] == ([field] if owner is Owner.LIFEGUARD else [])
    assert judgement.modified_at == LATER


def test_who_did_not_change_is_not_looked_at() -> None:
    """Whatever the listing says besides: it may show an older state still, after a change of ours."""
    stale = replace(CHANGES[Field.EMAIL], modified_at=NOON)
    assert judge(KNOWN, stale, settled=True) is NOTHING
    assert judge(KNOWN, replace(stale, modified_at=NOON - timedelta(days=1)), settled=True) is NOTHING


def test_a_change_of_ours_that_is_half_way_is_no_conflict() -> None:
    """And the state is not remembered as looked at, so that the next sweep looks again."""
    judgement = judge(KNOWN, CHANGES[Field.EMAIL], settled=False)
    assert not judgement
    assert judge(KNOWN, CHANGES[Field.STATUS], settled=False).taken
    assert judge(KNOWN, CHANGES[Field.STATUS], settled=False).modified_at is None


def test_an_identity_provider_names_its_people() -> None:
    """It sets the address again at each sign-in, so that putting ours back would be undone each time."""
    user = listed(email="new@acme.example", status=UserStatus.EXTERNAL_PROVIDER)
    fields = [difference.field for difference in judge(replace(KNOWN, made_there=True), user, settled=True).taken]
    assert Field.EMAIL in fields


def test_an_address_that_we_never_had_is_taken() -> None:
    known = replace(KNOWN, made_there=True, values={**VALUES, Field.EMAIL: ""})
    judgement = judge(known, listed(), settled=True)
    assert [difference.field for difference in judgement.taken] == [Field.EMAIL]


def test_somebody_missing_who_is_there_again_has_returned() -> None:
    assert judge(replace(KNOWN, missing=True), LISTED, settled=True).returned


def test_nobody_is_judged_who_need_not_be_there() -> None:
    assert judge(replace(KNOWN, expected=False), CHANGES[Field.EMAIL], settled=True) is NOTHING


def test_what_cannot_be_shown_in_a_line_is_left_out_of_a_name() -> None:
    known = replace(KNOWN, made_there=True)
    (taken,) = judge(known, listed(name="An\u202en\x07   Other" + "x" * 200), settled=True).taken
    assert taken.theirs == ("Ann Other" + "x" * 200)[:100]


def test_a_name_that_was_never_written_there_is_no_conflict() -> None:
    assert not judge(KNOWN, listed(name=""), settled=True).conflicts
