"""The commands `fakeproxy demo`, `serve`, `run` and `doctor`.

Input: arguments. Output: text and an exit status. Ask `commands` for the options, `demo` for the example that
`fakeproxy demo` shows, `doctor` for how findings are printed.
"""
