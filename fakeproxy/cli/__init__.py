"""The commands `fakeproxy demo`, `serve` and `run`.

What comes in is arguments; what goes out is text and an exit status. Ask `commands` for the options, `demo` for the
story.
"""
