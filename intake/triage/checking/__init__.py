"""What a protocol is checked by before a clinic uses it: its cases, cliffs, look-alikes, mutations, and what is unsure;
and how it, or its difference from another one, is told to a clinician.
"""
