"""Give the newsletter's pages their addresses, in each language's own words."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from . import feeds, views

app_name = "newsletter"

urlpatterns = [
    path("", views.index, name="index"),
    path(_("check-your-mail/"), views.check_mail, name="check-mail"),
    path(_("watch/"), views.watch, name="watch"),
    path(_("lost-link/"), views.lost_link, name="lost-link"),
    path(_("lost-link/sent/"), views.link_sent, name="link-sent"),
    path(_("confirm/"), views.confirm, name="confirm"),
    path(_("confirm/done/"), views.confirmed, name="confirmed"),
    path(_("leave/"), views.leave, name="leave"),
    path(_("preferences/"), views.preferences, name="preferences"),
    path(_("preferences/about-me/"), views.about_me, name="about-me"),
    path(_("preferences/erase/"), views.erase, name="erase"),
    path(_("archive/"), views.archive, name="archive"),
    path(_("archive/feed/"), feeds.Editions(), name="feed"),
    path(_("archive/<int:pk>/"), views.edition, name="edition"),
]
