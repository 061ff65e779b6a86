"""What happens while the number before is given back to somebody: resets, other changes, a policy that is another."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from federation.models import NumberChange, SecurityNotice
from federation.services.number_changes import begin_change, end_change, give_back
from identity import auth
from identity.cells import pool_ref
from identity.cognito.calls import Call, Outcome
from identity.cognito.hooks import hooks
from identity.models import DirectoryUser
from identity.services.factor_reset import note_factors_removed
from identity.services.users import reset_user_mfa
from identity.sync import engine
from tenants.actor import system
from tenants.factors import SecondFactor
from tenants.models import AuditEvent, MfaPolicy, SignInPolicy, SyncKind
from tests.federation.account.test_factors import _settings as settings_of
from tests.federation.account.test_factors import ann, number

__all__ = ["ann", "number"]

pytestmark = pytest.mark.urls("config.urls.signin")
ACTOR = system("test")


@dataclass
class Meanwhile:
    """Something that happens once, between two calls to Cognito."""

    after: str
    happens: Callable[[], None] | None

    def observe(self, call: Call, outcome: Outcome, seconds: float) -> None:
        if call.operation == self.after and self.happens is not None:
            happens, self.happens = self.happens, None
            happens()


def change_number(user: DirectoryUser, before: str, preferred: SecondFactor | None = None) -> None:
    """Let somebody be at another number, which they have not shown to be theirs, for longer than they may."""
    begin_change(user, before, preferred)
    NumberChange.objects.update(expires_at=timezone.now() - timedelta(minutes=2))
    auth.set_phone(pool_ref(user.tenant.pool), user.username, f"+4478{before[5:]}")


def is_told(user: DirectoryUser) -> bool:
    return SecurityNotice.objects.filter(user=user, kind="factor_added").exists()


@pytest.mark.parametrize("fails", [False, True])
def test_a_reset_that_comes_between_takes_the_number_away_again(
    ann: DirectoryUser, number: str, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    change_number(ann, number)

    def reset() -> None:
        reset_user_mfa(ann.tenant, ann.pk, actor=ACTOR)
        auth.remove_second_factors(pool_ref(ann.tenant.pool), ann.username)
        note_factors_removed(ann, 1)
        if fails:
            raise auth.AuthUnavailable("No answer in time.")

    monkeypatch.setattr(hooks, "observers", [Meanwhile("AdminGetUser", reset)])
    if fails:
        with pytest.raises(auth.AuthUnavailable):
            give_back(str(ann.pk), actor=ACTOR)
    else:
        assert not give_back(str(ann.pk), actor=ACTOR)
        assert settings_of(ann) == ({"SMS_MFA"}, f"{number} true")
    now = DirectoryUser.objects.get(pk=ann.pk)
    assert (now.mfa_reset_wanted, now.mfa_reset_done, now.other_factors) == (2, 1, [])
    assert not is_told(ann)
    assert not NumberChange.objects.exists()
    engine.run(SyncKind.USER, ann.pk)
    factors, where = settings_of(ann)
    assert (factors, where.endswith("true")) == (set(), False)


def test_a_change_that_begins_meanwhile_stays_open(
    ann: DirectoryUser, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_number(ann, number)

    def begin_another() -> None:
        end_change(ann)
        begin_change(ann, number, None)

    monkeypatch.setattr(hooks, "observers", [Meanwhile("AdminUpdateUserAttributes", begin_another)])
    give_back(str(ann.pk), actor=ACTOR)
    assert NumberChange.objects.filter(expires_at__gt=timezone.now()).exists()
    # Cognito asks for it, so that they are told.
    assert (DirectoryUser.objects.get(pk=ann.pk).other_factors, is_told(ann)) == (["sms"], True)


@pytest.mark.parametrize("policy", [{"mfa": MfaPolicy.OFF}, {"second_factors": ["totp"]}])
def test_where_it_counts_no_more_the_number_alone_is_given_back(
    ann: DirectoryUser, number: str, policy: dict[str, object]
) -> None:
    """Cognito would ask for it after a password, and let them begin with nothing else."""
    change_number(ann, number)
    SignInPolicy.objects.filter(tenant=ann.tenant).update(**policy)
    assert not give_back(str(ann.pk), actor=ACTOR)
    assert settings_of(ann) == (set(), f"{number} true")
    assert not NumberChange.objects.exists()
    assert not is_told(ann)


def test_what_cognito_was_told_before_a_worker_died_is_noted(
    ann: DirectoryUser, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_number(ann, number)

    def die() -> None:
        raise SystemExit

    monkeypatch.setattr(hooks, "observers", [Meanwhile("AdminSetUserMFAPreference", die)])
    with pytest.raises(SystemExit):
        give_back(str(ann.pk), actor=ACTOR)
    assert settings_of(ann)[0] == {"SMS_MFA"}
    assert give_back(str(ann.pk), actor=ACTOR)
    assert (DirectoryUser.objects.get(pk=ann.pk).other_factors, is_told(ann)) == (["sms"], True)
    assert AuditEvent.objects.filter(action="user.factor_enrolled").count() == 1
    assert not NumberChange.objects.exists()
