"""Files from outside: what they are, whether they may be kept, scanning them, and handing them out unharmed.

`checks.check` is the way in, `kept` the way out, `receiving` counts while bytes arrive, `scanner` talks to clamd.
`opened` is the one place that reads what a stranger sent; it runs as a process of its own.
"""
