"""Let staff see and settle what editors wait for, a module a subject."""

from . import second_person, words, worklist

__all__ = ["second_person", "words", "worklist"]
