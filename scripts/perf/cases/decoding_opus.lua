-- Reading 64 opus files of one second, beside soundfile.
local sounds = require "sounds"

sounds("opus", 48000)
