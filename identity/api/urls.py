"""The addresses under /api/v1/, but those that other apps add; `config.urls.dashboard` joins them."""

from django.urls import path

from identity.api import applications, bulk, policy, schema, sync, views

urlpatterns = [
    path("schema", views.Schema.as_view(), name="schema"),
    path("users", views.Users.as_view(), name="users"),
    path("users/<uuid:user_id>", views.User.as_view(), name="user"),
    path("users/<uuid:user_id>/disable", views.UserDisable.as_view(), name="user-disable"),
    path("users/<uuid:user_id>/enable", views.UserEnable.as_view(), name="user-enable"),
    path("users/<uuid:user_id>/reset-mfa", views.UserResetMfa.as_view(), name="user-reset-mfa"),
    path("users/<uuid:user_id>/invitation", views.UserInvitation.as_view(), name="user-invitation"),
    path("bulk-jobs", bulk.BulkJobs.as_view(), name="bulk-jobs"),
    path("bulk-jobs/<uuid:job_id>", bulk.BulkJobView.as_view(), name="bulk-job"),
    path("bulk-jobs/<uuid:job_id>/not-done", bulk.BulkJobNotDone.as_view(), name="bulk-job-not-done"),
    path("bulk-jobs/<uuid:job_id>/cancel", bulk.BulkJobCancel.as_view(), name="bulk-job-cancel"),
    path("bulk-jobs/<uuid:job_id>/resume", bulk.BulkJobResume.as_view(), name="bulk-job-resume"),
    path("applications", applications.Applications.as_view(), name="applications"),
    path("branding", views.BrandingView.as_view(), name="branding"),
    path("policy", policy.PolicyView.as_view(), name="policy"),
    path("policy/passwords", policy.PolicyPasswordsView.as_view(), name="policy-passwords"),
    path("sync", sync.Sync.as_view(), name="sync"),
    path("sync/plans", sync.Plans.as_view(), name="plans"),
    path("sync/plans/<uuid:plan_id>", sync.Plan.as_view(), name="plan"),
]

__all__ = ["schema", "urlpatterns"]
