"""Pages of the operator: under /fleet/, in the namespace `fleet`."""

from django.urls import path

from identity.web.views import cell, cells, lifecycle, native, onboarding, overview, pool_settings, tenants

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("tenants/", tenants.tenant_list, name="tenants"),
    path("tenants/export.csv", tenants.tenant_export, name="tenants-export"),
    path("tenants/new/", onboarding.tenant_draft, name="tenant-new"),
    path("tenants/new/slug/", onboarding.tenant_slug, name="tenant-slug"),
    path("tenants/new/<uuid:draft_id>/", onboarding.tenant_review, name="tenant-review"),
    path("tenants/<uuid:tenant_id>/", tenants.tenant_detail, name="tenant"),
    path("tenants/<uuid:tenant_id>/state/", tenants.tenant_state, name="tenant-state"),
    path("tenants/<uuid:tenant_id>/applications/", tenants.tenant_applications, name="tenant-applications"),
    path("tenants/<uuid:tenant_id>/suspend/", lifecycle.tenant_suspend, name="tenant-suspend"),
    path("tenants/<uuid:tenant_id>/resume/", lifecycle.tenant_resume, name="tenant-resume"),
    path("tenants/<uuid:tenant_id>/delete/", lifecycle.tenant_delete, name="tenant-delete"),
    path("tenants/<uuid:tenant_id>/restore/", lifecycle.tenant_restore, name="tenant-restore"),
    path("tenants/<uuid:tenant_id>/sync/", tenants.tenant_sync, name="tenant-sync"),
    path("applications/<uuid:application_id>/native/", native.application_native, name="application-native"),
    path(
        "applications/<uuid:application_id>/native/off/", native.application_native_off, name="application-native-off"
    ),
    path(
        "applications/<uuid:application_id>/native/<uuid:tenant_id>/secret/",
        native.application_native_secret,
        name="application-native-secret",
    ),
    path(
        "applications/<uuid:application_id>/native/<uuid:tenant_id>/amplify_outputs.json",
        native.application_native_amplify,
        name="application-native-amplify",
    ),
    path("cells/", cells.cell_list, name="cells"),
    path("cells/export.csv", cells.cell_export, name="cells-export"),
    path("cells/pools/", cells.pool_list, name="pools"),
    path("cells/pools/export.csv", cells.pool_export, name="pools-export"),
    path("cells/pools/<uuid:pool_id>/settings/", pool_settings.pool_settings, name="pool-settings"),
    path("cells/pools/<uuid:pool_id>/settings/save/", pool_settings.pool_settings_save, name="pool-settings-save"),
    path("cells/pools/<uuid:pool_id>/prefix/", pool_settings.pool_domain_renew, name="pool-domain-renew"),
    path("cells/<uuid:cell_id>/", cell.cell_detail, name="cell"),
    path("cells/<uuid:cell_id>/quotas/", cell.cell_quotas, name="cell-quotas"),
    path("cells/<uuid:cell_id>/messages/", cell.cell_messages, name="cell-messages"),
    path("cells/<uuid:cell_id>/messages/save/", cell.cell_messages_save, name="cell-messages-save"),
]
