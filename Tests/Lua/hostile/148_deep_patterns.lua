-- A pattern whose match recurses for every piece of it.
-- expect: E or fine
-- limits: time=5s
return ("a"):rep(3e5):find(("a?"):rep(3e5))
