-- The clips that a stream is made of, each with its class, split and row.
local nj = require "nightjar"

local clips = {}

local function pick(list) return list[nj.randint(1, #list, { 1 }):item()] end

-- The test clips of the base: the classes, and the clips of each.
function clips.of_base(data)
  local base = { classes = {}, clips = {} }
  for batch in data:batches { split = "test", size = 256 } do
    local labels = batch.labels:totable()
    for position, row in ipairs(batch.index) do
      local class = labels[position]
      if not base.clips[class] then
        base.clips[class] = {}
        table.insert(base.classes, class)
      end
      table.insert(base.clips[class], { class = class, split = "test", row = row })
    end
  end
  return base
end

-- Gives each session the clips of its queries, by the labels of the evaluation split.
function clips.of_sessions(sessions, labels)
  for _, session in ipairs(sessions) do
    session.clips = {}
    for _, row in ipairs(session.queries) do
      table.insert(session.clips, { class = labels[row], split = "evaluation", row = row })
    end
  end
end

-- Draws the clips of a stream when `known` sessions have been learned: a fraction of words of these, and words of the
-- base or of later sessions.
function clips.drawer(targets, base, sessions, known)
  local said, others = {}, {}
  for number, session in ipairs(sessions) do
    for _, clip in ipairs(session.clips) do table.insert(number <= known and said or others, clip) end
  end
  return function()
    if nj.rand { 1 }:item() < targets then return pick(said) end
    if #others > 0 and nj.rand { 1 }:item() < 0.5 then return pick(others) end
    return pick(base.clips[pick(base.classes)])
  end
end

return clips
