-- An error without a value.
-- expect: E
-- says: nil
error(nil)
