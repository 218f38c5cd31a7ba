"""Who is told of every change of state: by what, within what time, and what happens when it does not arrive.

One table, a part for each thing that changes. Nothing runs by it: tests hold it to the code and the code to it.
"""
