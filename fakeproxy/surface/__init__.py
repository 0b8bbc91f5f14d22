"""What every fake can do, as Protocols: a fake of this process (`FakeProxy`) and one of another (`connect()`).

What comes in is types; what goes out is Protocols, for annotations and for the control API, which drives a fake.
Ask `fake` for the whole, `parts` for what hangs on a fake, `arguments` for what `add_service` and the like take.
"""
