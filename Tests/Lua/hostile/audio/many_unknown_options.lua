-- A table with a hundred thousand unknown options.
-- expect: error
-- message: more than 1000 keys
-- limits: time=2s
local nj = require "nightjar"
local options = {}
for i = 1, 1e5 do options["option " .. i] = i end
nj.audio.mfcc(nj.ones(400), options)
