"""The control API under `/_fakeproxy/`: everything that a test can do with a fake, over HTTP.

Input: a WSGI request of a program or a web page on this machine. Output: JSON. Ask `routes` for the table of paths,
`operations` for the effect of each, `windows` for parts of long lists, `bodies` and `body_schemas` for the JSON of
requests and answers, `openapi` for the document, `seeds` to load state, `origins` for web pages that are refused.
"""
