-- All code points of a long text as results.
-- expect: error
-- message: too
return utf8.codepoint(("x"):rep(2e6), 1, -1)
