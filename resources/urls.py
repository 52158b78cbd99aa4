"""Give each page of the directory its address; the list of results is a page of the portal, beside articles."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from .api import reference
from .views import accuracy, corrections, exports, listing, paper, provider

app_name = "resources"
urlpatterns = [
    path(_("find/"), include([path("<slug:slug>/", listing.listing, name="listing")])),
    path(_("find/<slug:slug>/wrong/"), corrections.wrong, name="wrong"),
    path(_("find/<slug:slug>/wrong/thanks/"), corrections.thanks, name="wrong-thanks"),
    path(_("corrections/"), corrections.ledger, name="ledger"),
    path(_("accuracy/"), accuracy.accuracy, name="accuracy"),
    path(_("accuracy/<int:year>-<int:month>.txt"), accuracy.draw, name="accuracy-draw"),
    path(_("provider/"), provider.provider, name="provider"),
    path(
        _("data/"),
        include(
            [
                path("", reference.data, name="data"),
                path("hsds.json", exports.json_file, name="data-json"),
                path("hsds.zip", exports.zip_file, name="data-zip"),
            ]
        ),
    ),
    path(_("compare/"), paper.compare, name="compare"),
]
