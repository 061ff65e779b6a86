"""The addresses about single sign-on under /t/<slug>/."""

from django.urls import URLPattern, path

from federation.web.views import (
    auth_events,
    chooser,
    detail,
    guide,
    lifecycle,
    mapping,
    published,
    review,
    sign_ins,
    switches,
    tests,
    user_sessions,
    values,
    ways_in,
)

_ONE = "connections/<uuid:connection_id>/"

urlpatterns: list[URLPattern] = [
    path("sign-ins/", auth_events.sign_in_log, name="sign-ins"),
    path("sign-ins/export/", auth_events.sign_in_export, name="sign-ins-export"),
    path("connections/", chooser.connection_list, name="connections"),
    path("connections/new/", chooser.connection_new, name="connection-new"),
    path(_ONE, detail.connection_page, name="connection"),
    path(f"{_ONE}continue/", guide.connection_continue, name="connection-continue"),
    path(f"{_ONE}guide/", guide.connection_guide, name="connection-guide"),
    path(f"{_ONE}guide/done/", guide.connection_guide_done, name="connection-guide-done"),
    path(f"{_ONE}metadata.xml", guide.connection_metadata, name="connection-metadata"),
    path(f"{_ONE}values/", values.connection_values, name="connection-values"),
    path(f"{_ONE}values/save/", values.connection_values_save, name="connection-values-save"),
    path(f"{_ONE}values/published/", published.connection_published, name="connection-published"),
    path(f"{_ONE}values/published/take/", published.connection_published_take, name="connection-published-take"),
    path(f"{_ONE}mapping/", mapping.connection_mapping, name="connection-mapping"),
    path(f"{_ONE}mapping/save/", mapping.connection_mapping_save, name="connection-mapping-save"),
    path(f"{_ONE}test/", tests.connection_test, name="connection-test"),
    path(f"{_ONE}test/start/", tests.connection_test_start, name="connection-test-start"),
    path(f"{_ONE}tests/<uuid:test_id>/", tests.connection_test_run, name="connection-test-run"),
    path(f"{_ONE}tests/<uuid:test_id>/open/", tests.connection_test_open, name="connection-test-open"),
    path(f"{_ONE}tests/<uuid:test_id>/cancel/", tests.connection_test_cancel, name="connection-test-cancel"),
    path(f"{_ONE}review/", review.connection_review, name="connection-review"),
    path(f"{_ONE}activate/", review.connection_activate, name="connection-activate"),
    path(f"{_ONE}switches/", switches.connection_switches, name="connection-switches"),
    path(f"{_ONE}switches/save/", switches.connection_switches_save, name="connection-switches-save"),
    path(f"{_ONE}certificates/<str:file>", switches.connection_certificate, name="connection-certificate"),
    path(f"{_ONE}sign-ins/", sign_ins.connection_sign_ins, name="connection-sign-ins"),
    path(f"{_ONE}versions/<int:number>/", detail.connection_version, name="connection-version"),
    path(f"{_ONE}rename/", detail.connection_rename, name="connection-rename"),
    path(f"{_ONE}disable/", lifecycle.connection_disable, name="connection-disable"),
    path(f"{_ONE}enable/", lifecycle.connection_enable, name="connection-enable"),
    path(f"{_ONE}delete/", lifecycle.connection_delete, name="connection-delete"),
    path("users/<uuid:user_id>/sessions/end/", user_sessions.user_session_end, name="user-session-end"),
    path("users/<uuid:user_id>/sessions/end-all/", user_sessions.user_sign_out, name="user-sign-out"),
    path(
        "users/<uuid:user_id>/connections/<uuid:connection_id>/disconnect/",
        ways_in.user_disconnect,
        name="user-disconnect",
    ),
    path(
        "users/<uuid:user_id>/connections/<uuid:connection_id>/allow/",
        ways_in.user_allow_again,
        name="user-allow-again",
    ),
]
