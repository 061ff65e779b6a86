"""Pages of the operator: under /fleet/, in the namespace `fleet`."""

from django.urls import path

from tenants.web.views import application_roles, applications, audit, cells, resource_servers, support, team

urlpatterns = [
    path("applications/", applications.application_list, name="applications"),
    path("applications/export.csv", applications.application_export, name="applications-export"),
    path("applications/new/", applications.application_register, name="application-register"),
    path("applications/<uuid:application_id>/", applications.application_detail, name="application"),
    path("applications/<uuid:application_id>/edit/", applications.application_edit, name="application-edit"),
    path("applications/<uuid:application_id>/rotate/", applications.application_rotate, name="application-rotate"),
    path(
        "applications/<uuid:application_id>/rotate/end/",
        applications.application_secret_end,
        name="application-secret-end",
    ),
    path("applications/<uuid:application_id>/apis/", resource_servers.application_apis, name="application-apis"),
    path("applications/<uuid:application_id>/roles/new/", application_roles.role_add, name="application-role-add"),
    path(
        "applications/<uuid:application_id>/roles/<uuid:role_id>/", application_roles.role_edit, name="application-role"
    ),
    path(
        "applications/<uuid:application_id>/roles/<uuid:role_id>/remove/",
        application_roles.role_remove,
        name="application-role-remove",
    ),
    path("apis/", resource_servers.api_list, name="apis"),
    path("apis/new/", resource_servers.api_add, name="api-add"),
    path("apis/<uuid:api_id>/", resource_servers.api_edit, name="api-edit"),
    path("apis/<uuid:api_id>/remove/", resource_servers.api_remove, name="api-remove"),
    path("cells/new/", cells.cell_add, name="cell-add"),
    path("audit/", audit.audit_log, name="audit"),
    path("audit/export.csv", audit.audit_export, name="audit-export"),
    path("team/", team.team_list, name="team"),
    path("team/new/", team.team_add, name="team-add"),
    path("tenants/<uuid:tenant_id>/enter/", support.support_enter, name="support-enter"),
    path("tenants/<uuid:tenant_id>/leave/", support.support_leave, name="support-leave"),
]
