"""The mailbox's addresses; mounted at /local/mail."""

from django.urls import path

from local.mailbox import views

urlpatterns = [
    path("", views.message_list, name="local_mail"),
    path("/<str:key>", views.message_detail, name="local_mail_message"),
    path("/<str:key>/html", views.message_html, name="local_mail_html"),
]
