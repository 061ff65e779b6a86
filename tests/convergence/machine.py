"""Random histories of a fleet: edits, hands in AWS, faults of every kind. When they stop, live equals wanted."""

from typing import ClassVar

import redis
from django.conf import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from identity.models import UserStatus
from identity.sync import engine
from tenants.models import Application, Cell, MfaPolicy, PoolKind, Tenant, TenantStatus
from tests.convergence.world import World
from tests.support.cognito import LocalCognito
from tests.support.forked import ForkedWorker, cut_off_others
from tests.support.sync import let_leases_expire

PLACES = st.integers(0, 5)
ANY = ["throttle", "error_500", "timeout_before", "timeout_after"]
OPERATIONS = st.sampled_from(
    [
        "reads", "writes", "CreateUserPool", "UpdateUserPool", "SetUserPoolMfaConfig", "CreateUserPoolDomain",
        "CreateUserPoolClient", "UpdateUserPoolClient", "CreateResourceServer", "CreateManagedLoginBranding",
        "ListUserPools", "ListUserPoolClients", "ListUsers", "AdminCreateUser", "AdminDisableUser", "AdminDeleteUser",
        "DeleteUserPool", "DeleteUserPoolClient",
    ]
)  # fmt: skip
FAULTS = st.one_of(
    st.tuples(OPERATIONS, st.sampled_from(ANY)),
    # Only some operations declare a conflict, and only listings have a second page.
    st.tuples(st.sampled_from(["writes", "UpdateUserPool", "UpdateUserPoolClient"]), st.just("conflict")),
    st.tuples(st.sampled_from(["reads", "ListUserPools", "ListUsers"]), st.just("truncate_list")),
)
MOMENTS = st.tuples(st.sampled_from(["reads", "writes", "*"]), st.sampled_from(["hold_before", "hold_after"]))
_MOST_TENANTS = 3


class FleetMachine(RuleBasedStateMachine):
    """One history."""

    cell: ClassVar[Cell]
    cognito: ClassVar[LocalCognito]
    native: ClassVar[Application]
    world: World

    @initialize()
    def begin(self) -> None:
        self.cognito.clear_faults()
        self.world = World.begin(self.cell, self.cognito, self.native)
        self.before = self.world.bystander_in_cognito()

    def tenant(self, place: int) -> Tenant:
        return self.world.tenants[place % len(self.world.tenants)]

    # People.

    @precondition(lambda self: len(self.world.tenants) < _MOST_TENANTS)
    @rule(kind=st.sampled_from(PoolKind))
    def onboard(self, kind: PoolKind) -> None:
        self.world.onboard(kind)

    @precondition(lambda self: self.world.tenants)
    @rule(place=PLACES, mfa=st.sampled_from(MfaPolicy), length=st.integers(12, 30))
    def set_policy(self, place: int, mfa: MfaPolicy, length: int) -> None:
        self.world.set_policy(self.tenant(place), mfa, length)

    @precondition(lambda self: self.world.tenants)
    @rule(place=PLACES, status=st.sampled_from([TenantStatus.ACTIVE, TenantStatus.SUSPENDED]))
    def set_status(self, place: int, status: TenantStatus) -> None:
        self.world.set_status(self.tenant(place), status)

    @precondition(lambda self: self.world.tenants)
    @rule(place=PLACES, on=st.booleans())
    def set_native(self, place: int, on: bool) -> None:
        self.world.set_native(self.tenant(place), on=on)

    @precondition(lambda self: self.world.tenants)
    @rule(place=PLACES)
    def remove(self, place: int) -> None:
        self.world.remove(self.tenant(place))

    @precondition(lambda self: self.world.tenants)
    @rule(place=PLACES)
    def add_user(self, place: int) -> None:
        self.world.add_user(self.tenant(place))

    @precondition(lambda self: self.world.users())
    @rule(
        place=PLACES,
        status=st.sampled_from([UserStatus.CREATED, UserStatus.DISABLED, UserStatus.DELETING]),
        name=st.sampled_from(["", "Ada", "Grace"]),
    )
    def change_user(self, place: int, status: UserStatus, name: str) -> None:
        people = self.world.users()
        self.world.change_user(people[place % len(people)], status=status, name=name)

    # Hands in AWS.

    @precondition(lambda self: self.world.live_pools())
    @rule(place=PLACES, act=st.sampled_from([World.weaken_passwords, World.take_domain, World.make_foreign_client]))
    def change_a_pool_by_hand(self, place: int, act: object) -> None:
        found = self.world.live_pools()
        assert callable(act)
        act(self.world, found[place % len(found)])

    @precondition(lambda self: self.world.live_clients())
    @rule(place=PLACES, act=st.sampled_from([World.open_client, World.delete_client]))
    def change_a_client_by_hand(self, place: int, act: object) -> None:
        found = self.world.live_clients()
        assert callable(act)
        act(self.world, found[place % len(found)])

    @precondition(lambda self: self.world.users())
    @rule(place=PLACES)
    def disable_a_user_by_hand(self, place: int) -> None:
        people = self.world.users()
        self.world.disable_by_hand(people[place % len(people)])

    # Faults of Cognito and of the network.

    @rule(fault=FAULTS, times=st.integers(1, 3))
    def fault(self, fault: tuple[str, str], times: int) -> None:
        self.cognito.fault(*fault, times=times)

    @rule(
        kind=st.sampled_from([*ANY, "conflict", "truncate_list"]),
        probability=st.sampled_from([0.1, 0.3, 0.6]),
        seed=st.integers(0, 99),
    )
    def fault_by_chance(self, kind: str, probability: float, seed: int) -> None:
        self.cognito.fault_by_chance("*", kind, probability, seed=seed)

    @rule(operation=st.sampled_from(["CreateUserPool", "CreateUserPoolClient", "AdminCreateUser"]))
    def hide_what_is_created(self, operation: str) -> None:
        self.cognito.hide_created(operation, reads=2)

    @rule()
    def the_trouble_passes(self) -> None:
        self.cognito.clear_faults()

    # Workers, Redis, PostgreSQL and time.

    @rule(most=st.integers(1, 6))
    def work(self, most: int) -> None:
        self.world.work(most)

    @precondition(lambda self: self.world.due())
    @rule(place=PLACES)
    def the_same_message_twice(self, place: int) -> None:
        due = self.world.due()
        kind, key = due[place % len(due)]
        engine.run(kind, key)
        engine.run(kind, key)

    @precondition(lambda self: self.world.due())
    @rule(place=PLACES, moment=MOMENTS)
    def a_worker_is_killed(self, place: int, moment: tuple[str, str]) -> None:
        self.held_worker(place, moment).kill()
        self.cognito.clear_faults()

    @precondition(lambda self: self.world.due())
    @rule(place=PLACES, moment=MOMENTS)
    def a_worker_is_paused_past_its_lease(self, place: int, moment: tuple[str, str]) -> None:
        paused = self.held_worker(place, moment)
        let_leases_expire()
        # The fault held one call of the paused worker; the others' go through.
        self.world.work(6)
        self.cognito.clear_faults()
        paused.join()

    @precondition(lambda self: self.world.due())
    @rule(place=PLACES, moment=MOMENTS)
    def a_worker_loses_its_database(self, place: int, moment: tuple[str, str]) -> None:
        held = self.held_worker(place, moment)
        cut_off_others()
        self.cognito.clear_faults()
        held.join()

    @rule()
    def redis_is_emptied(self) -> None:
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            client.flushdb()

    @rule()
    def time_passes(self) -> None:
        self.world.let_time_pass()

    def held_worker(self, place: int, moment: tuple[str, str]) -> ForkedWorker:
        due = self.world.due()
        operation, kind = moment
        self.cognito.fault(operation, kind)
        worker = ForkedWorker(*due[place % len(due)])
        worker.held_or_over(self.cognito)
        return worker

    # What has to hold when it is over.

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        world = self.world
        self.cognito.clear_faults()
        world.drain()
        world.compare_everything()
        assert world.differing() == []
        self.cognito.forget_calls()
        world.compare_everything()
        assert self.cognito.writes() == []
        names = world.names_of_pools()
        assert len(names) == len(set(names)), names
        for pool in {tenant.pool for tenant in [world.bystander, *world.tenants]}:
            pool.refresh_from_db()
            clients = world.names_of_clients(pool)
            assert len(clients) == len(set(clients)), clients
            assert not [name for name in clients if name.split("-")[0] in world.removed]
        assert world.bystander_in_cognito() == self.before
