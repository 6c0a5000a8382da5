-- The environment is taken away in the middle.
-- expect: E
-- says: nil value
_ENV = nil
print("not reached")
