-- Three lazy pieces over a hundred thousand letters.
-- expect: time limit
-- limits: time=200ms
return ("a"):rep(1e5):find(".-.-.-b$")
