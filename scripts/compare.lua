-- Two learners, or two models, on the same sessions: nightjar run scripts/compare.lua --set a=ridge --set b=fecam
-- or, with a model after a slash: nightjar run scripts/compare.lua --set a=ridge/m5 --set b=ridge/small_conv
-- The accuracies are paired, repeat by repeat, since much of what changes one accuracy changes the other too. The
-- interval is for new sessions of the same networks; other training seeds change them more (--seed 2).
local nj = require "nightjar"
local options = nj.run.options {
  a = { default = "cosine" },
  b = { default = "prototypical" },
  repeats = { default = 20, min = 3 },
}

local data = nj.data.words {}

-- Accuracy over all words: (repeats, sessions).
local function curves(side)
  local learner, model = side:match "^([^/]+)/?(.*)$"
  local trained = nj.fscil.pretrain { data = data, model = model ~= "" and model or "m5" }
  return nj.fscil.run { model = trained, data = data, learners = learner, repeats = options.repeats }:all(learner) * 100
end

-- The mean difference and its 95 % interval by the paired bootstrap; without variance the interval is the mean itself.
local function compare(left, right)
  local result = nj.metrics.paired_difference(left, right)
  return result.mean, result.low or result.mean, result.high or result.mean, result.p
end

local a, b = curves(options.a), curves(options.b)
local mean, low, high, p = compare(a:mean(2), b:mean(2))
local verdict = low > 0 and options.a .. " is better" or high < 0 and options.b .. " is better"
  or "the interval contains 0: no difference shown"
local interval = p and (" [%+.2f, %+.2f], p = %.4f"):format(low, high, p) or ", equal in all repeats"
print(("%s − %s, mean over sessions: %+.2f points%s; %s"):format(options.a, options.b, mean, interval, verdict))

local sessions, line = {}, { mean = {}, low = {}, high = {}, zero = {} }
for session = 1, a:size(2) do
  sessions[session] = session - 1
  line.zero[session] = 0
  line.mean[session], line.low[session], line.high[session] =
    compare(a:select(2, session), b:select(2, session))
end

nj.run.figure("compare", nj.plot.lines {
  series = {
    { name = options.a .. " − " .. options.b .. ", 95 % confidence", x = sessions, y = line.mean, low = line.low,
      high = line.high },
    { name = "no difference", x = sessions, y = line.zero },
  },
  title = options.a .. " against " .. options.b, x_label = "session", y_label = "difference (points)",
  caption = ("%s, %d paired repeats"):format(data.source, options.repeats),
})
