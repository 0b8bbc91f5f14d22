"""The tables of a fake as tests read them: rows by key, and queries by field.

Input: a source of views, in this process or another. Output: views, or an error that shows the nearest ones. `tables`
has a class for each table; `rows` has their base; `stored` is the source that reads a store.
"""
