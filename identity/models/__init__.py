"""The tables of `identity`, one noun a module."""

from identity.models.app_client import AppClient
from identity.models.bulk import LANES, OPEN_ROWS, BulkJob, BulkKind, BulkLane, BulkRow, BulkState, RowState
from identity.models.directory_user import DirectoryUser, UserStatus
from identity.models.group import Group, GroupMember
from identity.models.periodic_run import PeriodicRun
from identity.models.plan import PlanOutcome, PlanStep, StepAction, StepState, SyncPlan, UnmanagedResource
from identity.models.pull import (
    EventSecret,
    PullPage,
    PullState,
    Resolution,
    UnclaimedUser,
    UserConflict,
)
from identity.models.sync_state import Family, ResourceState, SyncedResource, WorkerHeartbeat, WriteLease

__all__ = [
    "LANES",
    "OPEN_ROWS",
    "AppClient",
    "BulkJob",
    "BulkKind",
    "BulkLane",
    "BulkRow",
    "BulkState",
    "DirectoryUser",
    "EventSecret",
    "Family",
    "Group",
    "GroupMember",
    "PeriodicRun",
    "PlanOutcome",
    "PlanStep",
    "PullPage",
    "PullState",
    "Resolution",
    "ResourceState",
    "RowState",
    "StepAction",
    "StepState",
    "SyncPlan",
    "SyncedResource",
    "UnclaimedUser",
    "UnmanagedResource",
    "UserConflict",
    "UserStatus",
    "WorkerHeartbeat",
    "WriteLease",
]
