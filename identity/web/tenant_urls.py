"""The addresses under /t/<slug>/: everything that a tenant's admins see."""

from django.urls import path

from identity.web.views import applications, audit, bulk, bulk_jobs, dashboard, invitations, team, user_actions, users
from tenants.web.views import branding, policy

app_name = "tenant"
urlpatterns = [
    path("", dashboard.overview, name="overview"),
    path("users/", users.user_list, name="users"),
    path("users/export.csv", users.user_export, name="user-export"),
    path("users/invite/", invitations.user_invite, name="user-invite"),
    path("users/invite-many/", invitations.user_invite_many, name="user-invite-many"),
    path("users/disable/", bulk.bulk_disable, name="users-disable"),
    path("users/enable/", bulk.bulk_enable, name="users-enable"),
    path("users/delete/", bulk.bulk_delete, name="users-delete"),
    path("users/bulk/", bulk_jobs.job_list, name="bulk-jobs"),
    path("users/bulk/new/", bulk_jobs.job_new, name="bulk-new"),
    path("users/bulk/<uuid:job_id>/", bulk_jobs.job_page, name="bulk-job"),
    path("users/bulk/<uuid:job_id>/start/", bulk_jobs.job_start, name="bulk-start"),
    path("users/bulk/<uuid:job_id>/cancel/", bulk_jobs.job_cancel, name="bulk-cancel"),
    path("users/bulk/<uuid:job_id>/resume/", bulk_jobs.job_resume, name="bulk-resume"),
    path("users/bulk/<uuid:job_id>/discard/", bulk_jobs.job_discard, name="bulk-discard"),
    path("users/bulk/<uuid:job_id>/not-done.csv", bulk_jobs.job_errors, name="bulk-not-done"),
    path("users/<uuid:user_id>/", users.user_detail, name="user"),
    path("users/<uuid:user_id>/sync/", users.user_sync, name="user-sync"),
    path("users/<uuid:user_id>/resend/", user_actions.user_resend, name="user-resend"),
    path("users/<uuid:user_id>/revoke/", user_actions.user_revoke, name="user-revoke"),
    path("users/<uuid:user_id>/disable/", user_actions.user_disable, name="user-disable"),
    path("users/<uuid:user_id>/enable/", user_actions.user_enable, name="user-enable"),
    path("users/<uuid:user_id>/reset-mfa/", user_actions.user_reset_mfa, name="user-reset-mfa"),
    path(
        "users/<uuid:user_id>/temporary-password/",
        user_actions.user_temporary_password,
        name="user-temporary-password",
    ),
    path("users/<uuid:user_id>/delete/", user_actions.user_delete, name="user-delete"),
    path("users/<uuid:user_id>/role/", user_actions.user_role, name="user-role"),
    path("sign-in-policy/", policy.policy_page, name="sign-in-policy"),
    path("sign-in-policy/save/", policy.policy_save, name="sign-in-policy-save"),
    path("branding/", branding.branding_page, name="branding"),
    path("branding/save/", branding.branding_save, name="branding-save"),
    path("branding/logo/", branding.logo_image, name="logo"),
    path("branding/logo/upload/", branding.logo_upload, name="logo-upload"),
    path("branding/logo/remove/", branding.logo_remove, name="logo-remove"),
    path("branding/preview/", branding.branding_preview, name="branding-preview"),
    path("branding/preview.css", branding.preview_stylesheet, name="branding-preview-css"),
    path("applications/", applications.application_list, name="applications"),
    path("audit/", audit.audit_log, name="audit"),
    path("audit/export.csv", audit.audit_export, name="audit-export"),
    path("team/", team.team, name="team"),
]
