"""Spanish of the United States: the day before the month, and the clock of twelve hours that everybody here reads."""

TIME_FORMAT = "P"  # 8 a.m.
DAY_FORMAT = r"l j \d\e F"  # viernes 5 de marzo
FULL_DAY_FORMAT = r"l j \d\e F \d\e Y"
LONG_DATE_FORMAT = r"j \d\e F \d\e Y"
CLOCK_FORMAT = "g:i a"  # 8:15 a.m.
ZONED_CLOCK_FORMAT = "g:i a T"
MOMENT_FORMAT = r"j \d\e F, g:i a"
SHORT_MOMENT_FORMAT = r"D j \d\e M, g:i a"
