"""
The signatures of Loopring's protocol, from the field up.

    field       integers modulo P
    matrix      the little linear algebra that prepares a hash
    poseidon    the hash, made for fields                           needs field, matrix
    babyjubjub  points of the curve, and their addition             needs field
    comb        many multiples of one point, quickly                needs babyjubjub
    eddsa       keys, signatures: sign, is_valid                    needs all of them

Nothing is computed on import: tables are made when they are first used, and kept.

Nothing here runs in constant time. Another user of a signer's machine could learn its key from the
time it takes, so sign with keys that hold real money elsewhere.
"""
