"""Read a Word or Markdown document as a title and sections of clean HTML, and say what of it was left out."""

from .reading import MAX_BYTES, read
from .sections import Document, Part

__all__ = ["MAX_BYTES", "Document", "Part", "read"]
