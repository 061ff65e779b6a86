"""The addresses of a tenant's e-mail domains."""

from django.urls import URLPattern, path

from federation.web.views.domain_rules import (
    domain_default,
    domain_rule,
    domain_rule_new,
    domain_rule_remove,
    domain_try,
)
from federation.web.views.domains import domain_check, domain_list, domain_new, domain_page, domain_remove

_ONE = "domains/<uuid:domain_id>/"

urlpatterns: list[URLPattern] = [
    path("domains/", domain_list, name="domains"),
    path("domains/new/", domain_new, name="domain-new"),
    path(_ONE, domain_page, name="domain"),
    path(f"{_ONE}check/", domain_check, name="domain-check"),
    path(f"{_ONE}remove/", domain_remove, name="domain-remove"),
    path(f"{_ONE}try/", domain_try, name="domain-try"),
    path(f"{_ONE}default/", domain_default, name="domain-default"),
    path(f"{_ONE}rules/new/", domain_rule_new, name="domain-rule-new"),
    path(f"{_ONE}rules/<uuid:rule_id>/", domain_rule, name="domain-rule"),
    path(f"{_ONE}rules/<uuid:rule_id>/remove/", domain_rule_remove, name="domain-rule-remove"),
]
