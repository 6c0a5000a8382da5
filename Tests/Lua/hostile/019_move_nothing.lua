-- table.move over a thousand million places of an empty table.
-- expect: T
-- limits: time=200ms
table.move({}, 1, 1e9, 2)
