-- A pattern that tries every way to split a row of letters.
-- expect: time limit
-- limits: time=200ms
return ("a"):rep(26):find(("a-"):rep(25) .. "b")
