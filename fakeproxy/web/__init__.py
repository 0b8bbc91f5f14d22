"""HTTP without sockets: a reader and a writer of HTTP/1.1, WSGI calls in memory, URLs.

What comes in is bytes or the parts of a request; what goes out is a request, an answer, or bytes. Ask `wsgi` to call an
app, `http1` to read or write a message, `urls` to take a URL apart.
"""
