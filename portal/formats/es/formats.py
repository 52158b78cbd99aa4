"""Write Spanish as in the United States: 1,234 and 0.2, not 1.234 and 0,2."""

DATE_FORMAT = r"j \d\e F \d\e Y"
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
