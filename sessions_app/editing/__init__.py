"""What people write in lines: the text, and where one line ends and the next begins.

What the machine heard stays beside it. Everything here changes rows in a transaction of its caller, who records it.
"""
