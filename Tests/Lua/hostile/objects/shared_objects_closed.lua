-- Closes and releases what others hold as well: the null of JSON, a network's handle.
-- expect: completes
local nj = require "nightjar"
do local _ <close> = nj.json.null end
assert(nj.json.encode { nj.json.null } == "[null]")
local model = nj.nn.Linear(2, 2)
do local _ <close> = model end
model:release()
assert(#model:parameters() == 2)
