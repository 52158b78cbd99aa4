"""Hold the treatment directory in the words of the Human Services Data Specification (HSDS 3.0)."""

from .accuracy import AccuracySample, SampledListing
from .answer import Answer
from .call import CallToMake
from .closure import Closure
from .correction import Correction
from .imports import Import, ImportRow
from .listing import ServiceAtLocation
from .listing_type import ListingType
from .location import Location
from .merge import Merge
from .organization import Organization
from .phone import Phone
from .place import Place
from .place_name import PlaceName
from .proposal import Change, Proposal
from .provenance import Provenance
from .provider_mail import ProviderMail
from .quality import QualityFact
from .schedule import Schedule
from .search_document import SearchDocument
from .service import Service
from .taxonomy import TaxonomyTerm
from .unmet import SearchTerm, UnmetSearch, UnmetTerm
from .verification import Verification

__all__ = [
    "AccuracySample",
    "Answer",
    "CallToMake",
    "Change",
    "Closure",
    "Correction",
    "Import",
    "ImportRow",
    "ListingType",
    "Location",
    "Merge",
    "Organization",
    "Phone",
    "Place",
    "PlaceName",
    "Proposal",
    "Provenance",
    "ProviderMail",
    "QualityFact",
    "SampledListing",
    "Schedule",
    "SearchDocument",
    "SearchTerm",
    "Service",
    "ServiceAtLocation",
    "TaxonomyTerm",
    "UnmetSearch",
    "UnmetTerm",
    "Verification",
]
