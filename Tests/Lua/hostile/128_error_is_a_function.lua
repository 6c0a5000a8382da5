-- A function as an error.
-- expect: E
-- says: function
error(print)
