"""The addresses of a tenant's e-mail domains."""

from django.urls import URLPattern, path

from federation.web.views.domains import domain_check, domain_list, domain_new, domain_page, domain_remove

urlpatterns: list[URLPattern] = [
    path("domains/", domain_list, name="domains"),
    path("domains/new/", domain_new, name="domain-new"),
    path("domains/<uuid:domain_id>/", domain_page, name="domain"),
    path("domains/<uuid:domain_id>/check/", domain_check, name="domain-check"),
    path("domains/<uuid:domain_id>/remove/", domain_remove, name="domain-remove"),
]
