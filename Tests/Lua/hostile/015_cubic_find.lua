-- Three lazy pieces over a hundred thousand letters.
-- expect: T
-- limits: time=200ms
return ("a"):rep(1e5):find(".-.-.-b$")
