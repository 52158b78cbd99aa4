"""Give articles their addresses below `learn/` and `aprender/`."""

from django.urls import path
from django.utils.translation import gettext_lazy as _

from . import feeds, views

app_name = "articles"

urlpatterns = [
    path("", views.index, name="index"),
    path(_("feed/"), feeds.NewestArticles(), name="feed"),
    path("<slug:topic_slug>/", views.topic, name="topic"),
    path(_("<slug:topic_slug>/feed/"), feeds.TopicArticles(), name="topic-feed"),
    path("<slug:topic_slug>/<slug:slug>/", views.article, name="article"),
    path(_("<slug:topic_slug>/<slug:slug>/cite.ris"), views.citation, {"form": "ris"}, name="ris"),
    path(_("<slug:topic_slug>/<slug:slug>/cite.bib"), views.citation, {"form": "bibtex"}, name="bibtex"),
    path(_("<slug:topic_slug>/<slug:slug>/cite.json"), views.citation, {"form": "csl"}, name="csl"),
]
