"""Files from outside: what they are, whether they may be kept, scanning them, and handing them out unharmed.

`checks.check` is the way in, `kept` the way out, `receiving` counts while bytes arrive, `scanner` talks to clamd.
`merging` makes one PDF of several papers. `opened` and `pages` are the places that read what a stranger sent; each runs
as a process of its own.
"""
