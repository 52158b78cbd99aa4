"""Bring lists of other publishers in: read, check, compare, have a person accept, apply, and switch at the end.

Nothing of an import is public before its last transaction, and no import undoes a person's work.
"""
