"""Small tools that several rooms need and no reader comes for.

`validation` decides what usable numbers, tables and counts are, `nested` walks through lists
and dicts, `naming` says what to call things in messages. They know nothing of the course.
"""
