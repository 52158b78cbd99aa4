"""Give each listing the short addresses for paper and voice: /h/7, /h/7-es, and both with .txt."""

from django.urls import path

from . import views

urlpatterns = [
    path("<int:code>", views.short, name="short"),
    path("<int:code>-<slug:language>", views.short, name="short-language"),
    path("<int:code>.txt", views.short_text, name="short-text"),
    path("<int:code>-<slug:language>.txt", views.short_text, name="short-text-language"),
]
