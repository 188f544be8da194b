"""What people write in lines: the text, and where one line ends and the next begins.

What the machine heard stays beside it. Everything here changes rows in a transaction of its caller, who records it.

>>> from sessions_app.editing.text import write
>>> line = session.segments.first()
>>> write(line, "Open up!", reviewed=True)
>>> line.text, line.is_edited
('Open up!', True)
"""
