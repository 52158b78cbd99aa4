"""Hold the treatment directory in the words of the Human Services Data Specification (HSDS 3.0)."""

from .call import CallToMake
from .listing import ServiceAtLocation
from .location import Location
from .organization import Organization
from .phone import Phone
from .place import Place
from .provenance import Provenance
from .schedule import Schedule
from .search_document import SearchDocument
from .service import Service
from .taxonomy import TaxonomyTerm
from .verification import Verification

__all__ = [
    "CallToMake",
    "Location",
    "Organization",
    "Phone",
    "Place",
    "Provenance",
    "Schedule",
    "SearchDocument",
    "Service",
    "ServiceAtLocation",
    "TaxonomyTerm",
    "Verification",
]
