"""Give each page of the directory its address; the list of results is a page of the portal, beside articles."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from .views import listing

app_name = "resources"
urlpatterns = [
    path(_("find/"), include([path("<slug:slug>/", listing.listing, name="listing")])),
]
