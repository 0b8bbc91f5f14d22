"""What applications need of api.twilio.com in the middle of a Proxy flow: numbers to buy, messages and calls.

What comes in is a request that `api.app` has read; what goes out is the answer in that API's own form: dates are RFC
2822, and paging goes by URIs. Ask `operations` for the table of operations and for whether the fake answers a path.
"""
