"""The pages about sync, plans and drift: the operator's, and a tenant's."""

from django.urls import path

from identity.web.views import drift, fleet_settings, own_drift, own_plans, own_sync, plans, pool, sync

fleet = [
    path("cells/pools/<uuid:pool_id>/", pool.pool_detail, name="pool"),
    path("settings/", fleet_settings.settings_page, name="settings"),
    path("settings/save/", fleet_settings.settings_save, name="settings-save"),
    path("sync/", sync.sync_activity, name="sync"),
    path("sync/export.csv", sync.sync_export, name="sync-export"),
    path("sync/<slug:kind>/<uuid:key>/retry/", sync.sync_retry, name="sync-retry"),
    path("sync/<slug:kind>/<uuid:key>/look/", plans.plan_look, name="plan-look"),
    path("sync/plans/", plans.plan_list, name="plans"),
    path("sync/plans/export.csv", plans.plan_export, name="plans-export"),
    path("sync/plans/preview/", plans.plan_preview, name="plan-preview"),
    path("sync/plans/<uuid:plan_id>/", plans.plan_detail, name="plan"),
    path("sync/drift/", drift.drift_list, name="drift"),
    path("sync/drift/export.csv", drift.drift_export, name="drift-export"),
    path("sync/drift/<int:resource_id>/restore/", drift.drift_restore, name="drift-restore"),
    path("sync/drift/<int:resource_id>/adopt/", drift.drift_adopt, name="drift-adopt"),
    path("sync/drift/<int:resource_id>/return/", drift.drift_return, name="drift-return"),
    path("tenants/<uuid:tenant_id>/look/", plans.tenant_look, name="tenant-look"),
    path("tenants/<uuid:tenant_id>/drift-mode/", drift.tenant_drift_mode, name="tenant-drift-mode"),
]

tenant = [
    path("sync/", own_sync.sync_page, name="sync"),
    path("sync/run/", own_sync.sync_run, name="sync-run"),
    path("sync/look/", own_sync.sync_look, name="sync-look"),
    path("sync/preview/", own_sync.sync_preview, name="sync-preview"),
    path("sync/plans/", own_plans.plan_list, name="plans"),
    path("sync/plans/export.csv", own_plans.plan_export, name="plans-export"),
    path("sync/plans/<uuid:plan_id>/", own_plans.plan_detail, name="plan"),
    path("sync/drift/", own_drift.drift_page, name="drift"),
    path("sync/drift/export.csv", own_drift.drift_export, name="drift-export"),
    path("sync/drift/mode/", own_drift.drift_mode, name="drift-mode"),
    path("sync/drift/<int:resource_id>/restore/", own_drift.drift_restore, name="drift-restore"),
    path("sync/drift/<int:resource_id>/adopt/", own_drift.drift_adopt, name="drift-adopt"),
    path("sync/drift/<int:resource_id>/return/", own_drift.drift_return, name="drift-return"),
]
