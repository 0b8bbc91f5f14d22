"""The parts of api.twilio.com that applications use beside Proxy: numbers to buy, messages and calls.

Input: a request that `api.app` has read. Output: an answer in the form of that API, with RFC 2822 dates and paging by
URIs. `operations` has the table of operations, and decides whether the fake answers a path.
"""
