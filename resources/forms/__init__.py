"""Check what staff and strangers enter about listings."""
