-- A table with a hundred thousand options that are not there.
-- expect: E
-- says: unknown
-- limits: time=2s
local nj = require "nightjar"
local options = {}
for i = 1, 1e5 do options["option " .. i] = i end
nj.audio.mfcc(nj.ones(400), options)
