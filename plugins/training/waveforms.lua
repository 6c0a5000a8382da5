-- Augmentation of waveforms during training: options for recipes, and the function that data:batches takes.
local nj = require "nightjar"
local babble = require "augmentation.babble"
local gain = require "augmentation.gain"
local noise = require "augmentation.noise"
local room = require "augmentation.room"
local shift = require "augmentation.shift"
local speed = require "augmentation.speed"

local waveforms = {}

-- The options of augmentation with those of a recipe; 0 leaves a change out.
function waveforms.options(own)
  local options = {
    shift = { default = 0.15, min = 0, max = 1, help = "seconds that a clip is moved by at most, either way" },
    speed = { default = 0.15, min = 0, max = 0.7, help = "largest change of the speed of playback" },
    gain = { default = 6, min = 0, max = 60, help = "dB" },
    noise = { default = 0.9, min = 0, max = 1, help = "part of the batches with noise of a random colour" },
    babble = { default = 0, min = 0, max = 1, help = "part of the batches with the babble of other clips" },
    rooms = { default = 0, min = 0, max = 1, help = "part of the clips that are played in a room" },
    quietest = { default = 35, help = "signal-to-noise ratio of the quietest noise, in dB" },
    loudest = { default = 5, help = "signal-to-noise ratio of the loudest noise, in dB" },
  }
  for name, option in pairs(own) do options[name] = option end
  return options
end

-- The changes that the options ask for, new ones at each call: f(waveforms, rate) → waveforms.
function waveforms.augmentation(options)
  if options.loudest > options.quietest then
    error(("the loudest noise has a signal-to-noise ratio of %g dB, above the quietest one's %g dB")
      :format(options.loudest, options.quietest), 0)
  end
  local function happens(part) return nj.rand(1)[1] < part end
  return function(x, rate)
    if options.speed > 0 then x = speed(x, rate, options.speed) end
    if options.shift > 0 then x = shift(x, rate, options.shift) end
    if options.rooms > 0 then x = room(x, rate, options.rooms) end
    if happens(options.babble) then x = babble(x, rate, options.loudest + 5, options.quietest, 4) end
    if happens(options.noise) then x = noise(x, rate, options.loudest, options.quietest) end
    if options.gain > 0 then x = gain(x, rate, options.gain) end
    return x
  end
end

return waveforms
