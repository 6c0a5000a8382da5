-- Reading 64 flac files of one second, beside soundfile.
local sounds = require "sounds"

sounds("flac", 16000)
