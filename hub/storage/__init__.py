"""PostgreSQL, the system of record, and what Redis may remember of it (DESIGN.md section 6).

Personal codes enter here and become keyed tokens: no table and no Redis key holds one in clear.
"""
