"""Give the addresses that programs use, the same in every language."""

from django.urls import path

from . import api

urlpatterns = [
    path("", api.mail_events, name="mail-events"),
]
