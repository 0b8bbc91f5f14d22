"""The tables of a fake as a test reads them: rows by key, and questions by field.

What comes in is a source of views, of this process or of another; what goes out is views, or an error that shows what
there is instead. Ask `tables` for the class of each table, `rows` for what all have in common, `stored` for the source
that reads a store.
"""
