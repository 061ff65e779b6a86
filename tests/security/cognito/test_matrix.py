"""A member of tenant A never gets a token of tenant B.

By no flow, through no client, in neither isolation, and in whatever state their account is; and of their own
tenant only while the account is in order. `LIFEGUARD_MATRIX=whole` tries each with each, as the nightly run does.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, product

import pytest

from federation.services.signing_keys import ensure_signing_keys
from identity.models import DirectoryUser
from identity.tokens import verify_access_token, verify_id_token
from tenants.models import Cell, PoolKind
from tests.security.cognito.flows import FLOWS
from tests.security.cognito.states import IN_ORDER, STATES
from tests.security.cognito.visit import Factors, Flow, Proof, Tokens
from tests.security.cognito.world import CLIENTS, DASHBOARD, World, make_world
from tests.support.cognito import LocalCognito
from tests.support.mail import Mailbox
from tests.support.oidc_idp import OidcIdp

pytestmark = pytest.mark.urls("config.urls.signin")
# Client, state and organization where nothing but the organization is wrong.
ELSEWHERE = ("of both", IN_ORDER, "other")
WHOLE = os.environ.get("LIFEGUARD_MATRIX") == "whole"


@dataclass(frozen=True)
class Trial:
    """One thing to try."""

    flow: str
    client: str
    proof: Proof
    state: str
    at: str

    @property
    def way(self) -> Flow:
        """The flow."""
        return FLOWS[self.flow]

    def comes_in(self) -> bool:
        """Say whether this gives tokens, which then are of home."""
        leads_home = self.at == "home" or not self.way.names_organization
        trusted = self.proof != Proof.NONE or not self.way.confidential
        return trusted and leads_home and self.client != "of the other" and self.state == IN_ORDER


def trials(isolation: PoolKind) -> Iterator[Trial]:
    """Each flow through each client to each organization, and each flow in each state of the account.

    The whole of it is each with each. Otherwise there is one thing wrong at a time, since of two the first would hide
    whether the second is looked at. Every other trial is one isolation's, the others are the other's, and from flow to
    flow they change places: so each flow gets in in both, and meets each client, organization and state in one of them.
    In both it meets the other organization through an application that both use, where no other check hides the tenant
    check. How an application proves who it is goes round.
    """
    proofs = cycle(Proof)
    # Home alone has an application that is home's: nobody gets to the other's page by it.
    places = [("home", client) for client in CLIENTS] + [("other", client) for client in CLIENTS if client != "of home"]
    for number, (name, flow) in enumerate(FLOWS.items()):
        everything = [(client, IN_ORDER, at) for at, client in places]
        everything += [(client, state, at) for state in flow.states for at, client in (places if WHOLE else places[:1])]
        its_own = slice(None) if WHOLE else slice((number + (isolation == PoolKind.SHARED)) % 2, None, 2)
        # Each but once, in the order that they were put down in.
        for client, state, at in dict.fromkeys((*everything[its_own], ELSEWHERE)):
            proof = Proof.SECRET if client == DASHBOARD else next(proofs)
            yield Trial(name, client, proof, state, at)


def tried(world: World, trial: Trial) -> tuple[DirectoryUser | None, Tokens]:
    """Try it; returns who home knows by that address in the end, and what the application was given."""
    visit = world.visitor(trial.way, trial.client, trial.proof, at_home=trial.at == "home")
    steps = trial.way.steps(visit)
    next(steps, None)
    people = DirectoryUser.objects.filter(tenant=world.home, email=visit.email)
    # Through a client of the other's a way that makes an account makes none, so that there is none to change.
    if trial.state != IN_ORDER and people.exists():
        STATES[trial.state](visit.person)
    tokens = next(steps, None)
    return people.first(), tokens


def fault(world: World, trial: Trial, person: DirectoryUser | None, tokens: Tokens) -> str:
    """Return what is wrong with what it brought."""
    if tokens is None:
        return "got nothing" if trial.comes_in() else ""
    application = world.applications[trial.client, trial.proof]
    access = verify_access_token(tokens["access_token"], audience=application.audience)
    identity = verify_id_token(tokens["id_token"], client_id=application.client_id)
    whose = {(access.tenant_id, access.subject), (identity.tenant_id, identity.subject)}
    told = tokens.get("told", {"sub": str(access.subject), "org_id": str(access.tenant_id)})
    if person is None or whose != {(world.home.pk, person.pk)}:
        return f"got tokens of {whose}"
    if (told["sub"], told["org_id"]) != (str(person.pk), str(world.home.pk)):
        return f"was told of {told}"
    return "" if trial.comes_in() else "got in"


@pytest.fixture
def idp() -> Iterator[OidcIdp]:
    """An OpenID provider that signs in whom it is told to."""
    running = OidcIdp()
    yield running
    running.stop()


@pytest.mark.parametrize("isolation", list(PoolKind))
def test_who_gets_in_and_what_they_get(
    isolation: PoolKind, local_cell: Cell, mailbox: Mailbox, cognito: LocalCognito, idp: OidcIdp
) -> None:
    ensure_signing_keys()
    world = make_world(local_cell, isolation, mailbox, cognito, idp)
    wrong = []
    for factors in Factors:
        world.have(factors)
        for trial in trials(isolation):
            if trial.way.factors == factors:
                found = fault(world, trial, *tried(world, trial))
                wrong += [f"{trial}: {found}"] if found else []
    assert not wrong, "\n".join(wrong)


def test_the_matrix_tries_who_gets_in_too() -> None:
    """Otherwise a way that is broken would pass for one that is closed."""
    both = {isolation: list(trials(isolation)) for isolation in PoolKind}
    for isolation, these in both.items():
        assert {trial.flow for trial in these if trial.comes_in()} == {*FLOWS}, isolation
        elsewhere = [trial.flow for trial in these if (trial.client, trial.state, trial.at) == ELSEWHERE]
        assert elsewhere == [*FLOWS], isolation
        assert {trial.state for trial in these} == {IN_ORDER, *STATES}, isolation
        assert {(trial.client, trial.at) for trial in these} == {
            (client, at) for client, at in product(CLIENTS, ("home", "other")) if (client, at) != ("of home", "other")
        }
    everything = [trial for these in both.values() for trial in these]
    assert {(trial.flow, trial.state) for trial in everything if trial.state != IN_ORDER} == {
        (name, state) for name, flow in FLOWS.items() for state in flow.states
    }
    assert {(trial.flow, trial.proof) for trial in everything} == set(product(FLOWS, Proof))
    assert {trial.proof for trial in everything if trial.comes_in()} == {*Proof}
