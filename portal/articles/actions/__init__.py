"""Do what touches several rows of the articles, a module a subject."""

from .starter import load_starter

__all__ = ["load_starter"]
