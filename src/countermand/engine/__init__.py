"""
The engine: order, durability, delivery. It knows the core and nothing of wires, venues or sockets.
"""
