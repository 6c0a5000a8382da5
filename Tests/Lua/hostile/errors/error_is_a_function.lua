-- A function as an error.
-- expect: error
-- message: function
error(print)
