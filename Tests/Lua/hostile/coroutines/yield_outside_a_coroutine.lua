-- The script yields outside any coroutine of its own.
-- expect: error
-- message: yield
coroutine.yield(1, 2, 3)
