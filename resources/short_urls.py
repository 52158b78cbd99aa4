"""Give each listing the short addresses for paper and voice: /h/7, /h/7-es, both with .txt, /h/7-es.svg."""

from django.urls import path

from .views import listing, paper

urlpatterns = [
    path("<int:code>", listing.short, name="short"),
    path("<int:code>-<slug:language>", listing.short, name="short-language"),
    path("<int:code>.txt", listing.short_text, name="short-text"),
    path("<int:code>-<slug:language>.txt", listing.short_text, name="short-text-language"),
    path("<int:code>-<slug:language>.svg", paper.short_code, name="short-code"),
]
