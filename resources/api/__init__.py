"""Answer questions of other programs in HSDS 3.0, reading only."""
