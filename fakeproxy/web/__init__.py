"""HTTP without sockets: a reader and a writer of HTTP/1.1, WSGI calls in memory, URLs, JSON.

Input: bytes, or the parts of a request. Output: a request, an answer, or bytes. `wsgi` calls an app; `http1` reads and
writes messages; `urls` splits URLs; `json_text` writes JSON.
"""
