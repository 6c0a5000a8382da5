-- All codes of a long text as results.
-- expect: E
-- says: too
return utf8.codepoint(("x"):rep(2e6), 1, -1)
