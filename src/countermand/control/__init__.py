"""
Control: what an operator may do to a running exchange, each act one row of one table.

HTTP, the OpenAPI document, `countermand ctl`, the Python clients and the reference page are made of
the rows. Rows speak in names, symbols and decimal text; what changes the exchange is a command.
"""
