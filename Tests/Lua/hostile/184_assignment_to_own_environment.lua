-- The environment is taken away in the middle.
-- expect: E
-- says: global
_ENV = nil
print("not reached")
