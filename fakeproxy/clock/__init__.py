"""Time: a fake's clock, and the libraries that may be in charge of the time of the process instead.

What comes in is steps and instants of a test; what goes out is the present, in microseconds since the epoch (UTC), and
due work that is done on the way. Ask `clock` to read or move time; ask nobody else in the package what time it is.
"""
