-- table.move over a thousand million positions of an empty table.
-- expect: time limit
-- limits: time=200ms
table.move({}, 1, 1e9, 2)
