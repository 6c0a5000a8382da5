-- What the decoding cases share: a data set of 64 clips of one second, which our side writes and both sides read.
local nj = require "nightjar"
local case = require "case"

local header = "PATH,WORD,LANG\n"

-- Writes the lists of a data set, whose clips are all of one word and the training.
local function write_lists(names)
  local rows = {}
  for number, name in ipairs(names) do rows[number] = ("word/%s,word,en\n"):format(name) end
  nj.fs.write("base_train.csv", header .. table.concat(rows))
  for _, list in ipairs { "base_val.csv", "base_test.csv", "cy/evaluation.csv" } do nj.fs.write(list, header) end
end

-- Times the reading of clips with a file name's ending, of `rate`.
return function(ending, rate)
  local noise = nj.randn { 64, rate } * 0.05
  local names, rows, words = {}, {}, nil
  for clip = 1, 64 do
    names[clip] = ("clip_%d.%s"):format(clip, ending)
    rows[clip] = clip
  end

  -- At the clips' own rate, which the encoder takes as it is.
  local function read()
    local waveforms = words:waveforms { split = "train", rows = rows, encoder = "mfcc" }
    return waveforms
  end

  case.run({ noise = noise }, read, 1, function()
    for clip, name in ipairs(names) do nj.audio.write("en/clips/word/" .. name, noise[clip], rate) end
    write_lists(names)
    words = nj.data.words { path = "." }
    return read()
  end)
end
