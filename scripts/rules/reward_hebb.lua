-- Reward-modulated Hebb: units try a label, and an unexpected reward strengthens what was active together
-- (Williams 1992; Frémaux and Gerstner 2016). No target, no error signal. nightjar run scripts/rules/reward_hebb.lua
local nj = require "nightjar"
local digits = require "data.digits"
local options = nj.run.options { epochs = { default = 30 }, lr = { default = 0.1 } }
local train, test = digits(1, 60, 50, true), digits(2, 1, 2000, true)[1]
local random = nj.random(3)

local w = nj.zeros { 35, 10 }
local expected, accuracies, rewards = 0.1, {}, {}
for epoch = 1, options.epochs do
  local sum = 0
  for _, batch in ipairs(train) do
    local x = batch.features
    local p = x:matmul(w):softmax(2)
    local chosen = (p:cumsum(2):lt(random:rand(#x, 1)):to "int32"):sum(2):clamp(0, 9):to "int32" + 1
    local reward = chosen:eq(batch.labels):to "float32"
    local surprise = (reward - expected):unsqueeze(2)
    local post = nj.one_hot(chosen, 10) - p         -- the unit that was tried, beyond its probability
    w:add_(x:t():matmul(post * surprise) * (options.lr / #x))
    local mean = reward:mean():item()
    expected, sum = expected * 0.95 + mean * 0.05, sum + mean
  end
  rewards[epoch] = sum / #train
  accuracies[epoch] = test.features:matmul(w):argmax(2):eq(test.labels):sum():item() / #test.labels
end

print(("reward-modulated Hebb %.3f on new digits"):format(accuracies[#accuracies]))
nj.run.figure("reward_hebb", nj.plot.lines {
  series = { { name = "accuracy on new digits", y = accuracies }, { name = "mean reward", y = rewards } },
  title = "Learning from reward alone", x_label = "epoch", y_label = "fraction", caption = "digits of dots",
})
assert(accuracies[#accuracies] > 0.9, "reward-modulated Hebb does not learn")
