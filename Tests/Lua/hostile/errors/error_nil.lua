-- An error without a value.
-- expect: error
-- message: nil
error(nil)
