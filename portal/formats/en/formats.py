"""Write English dates and times as the site's pages do."""

DATE_FORMAT = "F j, Y"
TIME_FORMAT = "g:i A"
MONTH_DAY_FORMAT = "M j"
