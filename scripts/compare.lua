-- Two learners, or two models, on the same sessions: nightjar run scripts/compare.lua --set a=ridge --set b=fecam
-- or, with a model after a slash: nightjar run scripts/compare.lua --set a=ridge/m5 --set b=ridge/small_conv
-- The comparison is paired, repeat by repeat, since much of what changes one accuracy changes the other too. The
-- interval is for new sessions of these networks; other training seeds change them more (--seed 2).
local nj = require "nightjar"
local options = nj.run.options {
  a = { default = "cosine" },
  b = { default = "prototypical" },
  repeats = { default = 20, min = 3 },
  resamples = { default = 2000, min = 100, help = "of the repeats, for the confidence interval" },
}

local data = nj.data.words {}

-- Accuracy over all words: (repeats, sessions).
local function curves(side)
  local learner, model = side:match "^([^/]+)/?(.*)$"
  local trained = nj.fscil.pretrain { data = data, model = model ~= "" and model or "m5" }
  return nj.fscil.run { model = trained, data = data, learners = learner, repeats = options.repeats }:all(learner) * 100
end
local difference = curves(options.a) - curves(options.b)

-- The interval that holds 95 % of the means of repeats drawn again, with replacement (Efron 1979).
local function interval(columns)
  local draws = nj.random(nj.run.seed):randint(1, #columns, { options.resamples * #columns })
  local means = columns:index_select(1, draws):reshape(options.resamples, #columns, -1):mean(2)
  return means:quantile(0.025, 1), means:quantile(0.975, 1)
end

local low, high = interval(difference)
local sessions, middle = nj.arange(0, difference:size(2) - 1), difference:mean(1)
local mean = difference:mean(2, true)
local lowest, highest = interval(mean)
local verdict = lowest[1] > 0 and options.a .. " is better" or highest[1] < 0 and options.b .. " is better"
  or "the interval contains 0: no difference is shown"
print(("%s − %s, mean over sessions: %+.2f points [%+.2f, %+.2f]; %s"):format(
  options.a, options.b, mean:mean():item(), lowest[1], highest[1], verdict))

nj.run.figure("compare", nj.plot.lines {
  series = {
    { name = options.a .. " − " .. options.b .. ", 95 % confidence", x = sessions, y = middle, low = low, high = high },
    { name = "no difference", x = sessions, y = middle * 0 },
  },
  title = options.a .. " against " .. options.b, x_label = "session", y_label = "difference (points)",
  caption = ("%s, %d paired repeats"):format(data.source, options.repeats),
})
