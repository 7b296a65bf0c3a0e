"""A corpus of our own: files with known verdicts, made by code, as `backpack verify` is given them.

One module for each question: what a badge travels in, how it is proven, whose key it is, whether it was taken back, and
what is no badge. `whole.py` puts them together with the tables of the tests, each line of which is a file too.
"""
