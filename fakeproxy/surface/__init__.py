"""The Protocols of a fake, be it in this process (`FakeProxy`) or in another one (`connect()`).

Input: types of the other folders, only for annotations. Output: Protocols, for annotations and for the control API. Ask
`fake` for the whole object, `parts` for its attributes, `arguments` for the arguments of `add_service` and the like,
`windows` for the lists that the inspector shows in part.
"""
