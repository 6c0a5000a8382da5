-- What check_tensorboard.py looks for: numbers, a histogram, a figure and an option.
local nj = require "nightjar"
local options = nj.run.options { rate = { default = 0.1 }, name = { default = "plain" }, fast = { default = true } }

for step = 1, 20 do
  nj.run.log("loss, train", options.rate / step, step)
  nj.run.histogram("layers/first", nj.arange(0, 59) * step, step)
end
nj.run.figure("falling", nj.plot.lines { y = { 3, 2, 1 } })
