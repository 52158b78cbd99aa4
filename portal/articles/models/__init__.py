"""Hold what there is to read: topics, articles and their parts, who made them, and the sources they cite."""

from .addresses import RESERVED_SLUGS, refuse_reserved
from .article import Article, PublicationState
from .image import Image
from .parts import ArticleChange, Reference, Section
from .people import Affiliation, Contribution, Contributor
from .redirect import SlugRedirect
from .topic import TOPIC_ICONS, Topic
from .video import Video

__all__ = [
    "RESERVED_SLUGS",
    "TOPIC_ICONS",
    "Affiliation",
    "Article",
    "ArticleChange",
    "Contribution",
    "Contributor",
    "Image",
    "PublicationState",
    "Reference",
    "Section",
    "SlugRedirect",
    "Topic",
    "Video",
    "refuse_reserved",
]
