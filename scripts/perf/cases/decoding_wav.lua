-- Reading 64 wav files of one second, beside soundfile.
local sounds = require "sounds"

sounds("wav", 16000)
