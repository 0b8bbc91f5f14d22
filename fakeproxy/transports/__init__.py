"""How a program's request reaches the fake's WSGI app, without a socket."""
