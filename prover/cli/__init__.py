"""The commands: parse the command line, call the packages below, print.

May import everything else; nothing imports it. Heavy modules are imported inside of the commands that need them.
"""
