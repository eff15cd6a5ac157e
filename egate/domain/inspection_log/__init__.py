"""What may be told of an inspection without telling of whom: after BSI TR-03135 version 2.5.

A record comes in, and a `Transaction` comes out that has no place for anything personal: what it
holds is numbers, times, versions, and words of closed lists. Free text of a record is never
passed on; it only chooses among texts that stand here.
"""
