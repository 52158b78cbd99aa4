"""Give each listing its address; the list itself is a page of the portal, beside articles."""

from django.urls import path

from . import views

app_name = "resources"
urlpatterns = [path("<slug:slug>/", views.listing, name="listing")]
