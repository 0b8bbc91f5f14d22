"""The findings of `fakeproxy doctor`: what of this environment would not reach a fake, and how to mend it.

Input: the installed packages, the environment variables, and probes in child processes. Output: values of `Finding`.
Ask `examination` for all findings, `known` for the tables, `probes` for the requests that are tried.
"""
