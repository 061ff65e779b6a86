"""The tables of `identity`, one noun a module."""

from identity.models.app_client import AppClient
from identity.models.directory_user import DirectoryUser, UserStatus
from identity.models.plan import PlanOutcome, PlanStep, StepAction, StepState, SyncPlan, UnmanagedResource
from identity.models.sync_state import Family, ResourceState, SyncedResource, WorkerHeartbeat, WriteLease

__all__ = [
    "AppClient",
    "DirectoryUser",
    "Family",
    "PlanOutcome",
    "PlanStep",
    "ResourceState",
    "StepAction",
    "StepState",
    "SyncPlan",
    "SyncedResource",
    "UnmanagedResource",
    "UserStatus",
    "WorkerHeartbeat",
    "WriteLease",
]
