"""Questions of a test about what a fake holds, and how near it came where nothing fits.

What comes in is a collection and the values of fields that are asked for; what goes out is what fits, or an
AssertionError that shows the nearest. Ask `matching` whether a value fits, `query` for `where`, `one` and `none`,
`differences` for the text of the error.
"""
