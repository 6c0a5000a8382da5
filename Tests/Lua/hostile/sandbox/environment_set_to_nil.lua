-- The script sets its own environment to nil.
-- expect: error
-- message: nil value
_ENV = nil
print("not reached")
