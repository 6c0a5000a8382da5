-- The script yields, with no coroutine of its own around it.
-- expect: E
-- says: yield
coroutine.yield(1, 2, 3)
