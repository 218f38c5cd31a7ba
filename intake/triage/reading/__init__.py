"""The files of a protocol, read strictly: the notation of conditions, every entry, translations, and the data they
become. A patient's answers are read here too: what does not fit its question is refused before anything judges it.
"""
