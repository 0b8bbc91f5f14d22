"""Time: a fake's clock, and the libraries that may control the time of the process instead of it.

Input: the steps and instants of a test. Output: the present, in microseconds since the epoch (UTC), and due work, which
is done as time passes it. `clock` reads and moves time; nothing else in the package asks for the time.
"""
