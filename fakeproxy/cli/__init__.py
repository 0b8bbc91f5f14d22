"""The commands `fakeproxy demo`, `serve` and `run`.

Input: arguments. Output: text and an exit status. Ask `commands` for the options, `demo` for the example that
`fakeproxy demo` shows.
"""
