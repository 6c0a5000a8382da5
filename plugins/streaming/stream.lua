-- Streams of words in noise, made from the clips of a data set, and what a network makes of them.
local nj = require "nightjar"

local stream = {}

local function rms(x) return math.sqrt(x:square():mean():item()) end

-- A minute of noise with clips in it, each in a slot of its own, where it begins at a random time.
local function minute(data, rate, clips, options)
  local color = ({ "white", "pink", "brown" })[nj.randint(1, 3, { 1 }):item()]
  local sound = nj.audio.noise({ color }, 60 * rate)[1]
  sound = sound * (10 ^ (-options.snr / 20) / math.max(rms(sound), 1e-9))
  local slot = 60 / #clips
  local events = {}
  for number, clip in ipairs(clips) do
    local waveform = data:waveforms({ split = clip.split, rows = { clip.row } })[1]
    local level = rms(waveform)
    local start = (number - 1) * slot + nj.rand { 1 }:item() * (slot - 1)
    local first = math.floor(start * rate) + 1
    if level > 0 then                            -- a silent clip is a word that nobody said
      local span = { { first, first + #waveform - 1 } }
      sound[span] = sound[span] + waveform / level
      table.insert(events, { class = clip.class, start = start })
    end
  end
  return sound, events
end

-- A stream of some minutes with the clips that draw() returns, of class, split and row. Returns the embeddings of its
-- windows of one second, (windows, embedding), window n ending at 1 + (n − 1) · hop seconds, and the events: words with
-- their class and their start.
function stream.make(data, model, options, draw)
  local _, rate = data:waveforms { split = "train", rows = { 1 } }
  local hop = math.floor(options.hop * rate + 0.5)
  local embeddings, events, rest = {}, {}, nil
  for number = 1, options.minutes do
    local clips = {}
    for slot = 1, options.words do clips[slot] = draw() end
    local sound, own = minute(data, rate, clips, options)
    for _, event in ipairs(own) do
      table.insert(events, { class = event.class, start = event.start + (number - 1) * 60 })
    end
    if rest then sound = nj.cat({ rest, sound }, 1) end
    local first = 1
    while first + rate - 1 <= #sound do
      local windows = {}
      while #windows < 64 and first + rate - 1 <= #sound do
        table.insert(windows, sound[{ { first, first + rate - 1 } }])
        first = first + hop
      end
      local peak = 0.25                            -- of a level of 1, so that full scale is rarely exceeded
      nj.no_grad(function()
        table.insert(embeddings, model:features(data:encode(nj.stack(windows, 1) * peak)))
      end)
    end
    rest = first <= #sound and sound[{ { first, -1 } }]:clone() or nil
  end
  return nj.cat(embeddings, 1), events
end

return stream
