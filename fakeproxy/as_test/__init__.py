"""A test that does what was done: Python source for pytest, made of the history of a fake.

Input: the store with its events and actions, and the applications that are mounted. Output: the source. Ask `writer`
for the whole test, `steps` for what happens in it, `seeds` for its rows, `requests` for a request as a call of the SDK,
`results` for the asserts at its end, `names` for the names of people and variables, `code` for Python as text.
"""
