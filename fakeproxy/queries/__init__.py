"""Queries of tests on the collections of a fake, and errors that show the nearest candidates.

Input: a collection, and expected values of fields. Output: the items that fit, or an AssertionError. `matching`
compares values; `query` has `where`, `one` and `none`; `differences` makes the texts of errors, and
`names` finds what a misspelt name may mean.
"""
