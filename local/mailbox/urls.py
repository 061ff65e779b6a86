"""The mailbox's addresses; mounted at /local/."""

from django.urls import path

from local.mailbox import views

urlpatterns = [
    path("mail", views.message_list, name="local_mail"),
    path("mail/<str:key>", views.message_detail, name="local_mail_message"),
    path("mail/<str:key>/html", views.message_html, name="local_mail_html"),
]
