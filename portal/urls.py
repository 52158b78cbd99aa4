"""Give every page its address: one include a feature, in each language's own words."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from portal import health, media, views
from portal.articles import views as reading

urlpatterns = [
    path("", views.choose_language, name="root"),
    path("admin/", admin.site.urls),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("robots.txt", views.robots, name="robots"),
    path(".well-known/security.txt", views.security, name="security"),
    path("", include("portal.sitemaps")),
    path("h/", include("resources.short_urls")),
    path("media/<path:path>", media.media, name="media"),
    path("mail-events", include("newsletter.short_urls")),
    path("api/hsds/", include("resources.api.urls")),
]

urlpatterns += i18n_patterns(
    path("", views.home, name="home"),
    path(_("learn/"), include("portal.articles.urls")),
    path(_("preview/"), reading.preview, name="preview"),
    path(_("videos/"), reading.videos, name="videos"),
    path(_("videos/<slug:slug>/"), reading.video, name="video"),
    path(_("find/"), views.find, name="find"),
    path(_("find/places.csv"), views.find_csv, name="find-csv"),
    path(_("print/"), views.print_sheet, name="print"),
    path("", include("resources.urls")),
    path("", include("portal.overdose.urls")),
    path("", include("portal.reference.urls")),
    path(_("newsletter/"), include("newsletter.urls")),
    path(_("about/"), views.about, name="about"),
    path(_("privacy/"), views.privacy, name="privacy"),
    path(_("terms/"), views.terms, name="terms"),
    path(_("accessibility/"), views.accessibility, name="accessibility"),
)

handler400 = "portal.views.bad_request"
handler403 = "portal.views.refused"
handler404 = "portal.views.missing"
handler500 = "portal.views.broken"
