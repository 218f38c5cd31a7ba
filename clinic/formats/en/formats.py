"""English of the United States. `DATE_FORMAT` is Django's."""

TIME_FORMAT = "g:i A"  # 8:00 AM
DAY_FORMAT = "l, F j"  # Friday, March 5
FULL_DAY_FORMAT = "l, F j, Y"
LONG_DATE_FORMAT = "F j, Y"
CLOCK_FORMAT = "g:i A"  # 8:15 AM
ZONED_CLOCK_FORMAT = "g:i A T"
MOMENT_FORMAT = "F j, g:i A"
SHORT_MOMENT_FORMAT = "D M j, g:i A"  # Tue Dec 1, 6:00 PM
