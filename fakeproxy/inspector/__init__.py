"""The control API under `/_fakeproxy/`: everything that a test can do with a fake, over HTTP.

What comes in is a WSGI request from a program or a page of this machine; what goes out is JSON. Ask `routes` for the
table, `operations` for what each route does, `shapes` for how objects are shown, `openapi` for the document, `seeds`
for state that is loaded, `origins` for who may ask.
"""
