"""How dates and times are written in each language; templates name a format, as in `|date:"DAY_FORMAT"`.

Beside Django's own names (`DATE_FORMAT`, `TIME_FORMAT`) every language has the same seven.
"""
