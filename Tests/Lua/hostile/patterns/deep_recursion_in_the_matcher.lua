-- A pattern whose match recurses for every item of it.
-- expect: error or completes
-- limits: time=5s
return ("a"):rep(3e5):find(("a?"):rep(3e5))
