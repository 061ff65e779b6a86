"""The addresses of the style guide; mounted at /local/styleguide."""

from django.urls import path

from local.styleguide import views

urlpatterns = [
    path("", views.components, name="styleguide"),
    path("empty", views.empty, name="styleguide_empty"),
    path("brand/sign-in", views.brand_password, name="styleguide_brand_password"),
    path("brand/code", views.brand_code, name="styleguide_brand_code"),
    path("brand/enrol", views.brand_enrol, name="styleguide_brand_enrol"),
    path("brand.css", views.brand_stylesheet, name="styleguide_brand_css"),
]
