"""Reckon what the directory tells about itself: its mistakes, and how exact it is."""
