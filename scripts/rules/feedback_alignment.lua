-- Feedback alignment (Lillicrap et al. 2014, arXiv 1411.0247): errors travel back through fixed random weights, and
-- the forward weights come to agree with them. nightjar run scripts/rules/feedback_alignment.lua
local nj = require "nightjar"
local digits = require "data.digits"
local options = nj.run.options { epochs = { default = 40 }, hidden = { default = 128 }, lr = { default = 0.3 } }
local train, test = digits(1, 60, 50), digits(2, 1, 2000)[1]

-- Trains two layers; feedback(w2) returns the weights that errors travel back through. Returns accuracies and angles.
local function trained(feedback)
  local random = nj.random(3)
  local w1, w2 = random:randn(35, options.hidden) * 0.2, random:randn(options.hidden, 10) * 0.1
  local fixed = random:randn(options.hidden, 10) * 0.1
  local accuracies, angles = {}, {}
  for epoch = 1, options.epochs do
    for _, batch in ipairs(train) do
      local x, y = batch.features, nj.one_hot(batch.labels, 10)
      local h = x:matmul(w1):relu()
      local e = (h:matmul(w2):softmax(2) - y) / #x
      local back = e:matmul(feedback(w2, fixed):t()) * h:gt(0):to "float32"
      w2:sub_(h:t():matmul(e) * options.lr)
      w1:sub_(x:t():matmul(back) * options.lr)
    end
    local predictions = test.features:matmul(w1):relu():matmul(w2):argmax(2)
    accuracies[epoch] = predictions:eq(test.labels):sum():item() / #test.labels
    angles[epoch] = math.deg(math.acos(((w2 * fixed):sum() / w2:norm() / fixed:norm()):item()))
  end
  return accuracies, angles
end

local exact = trained(function(w2) return w2 end)
local aligned, angles = trained(function(_, fixed) return fixed end)
print(("backpropagation %.3f, feedback alignment %.3f, angle %.0f degrees"):format(
  exact[#exact], aligned[#aligned], angles[#angles]))
nj.run.figure("feedback_alignment", nj.plot.panels {
  nj.plot.lines {
    series = { { name = "backpropagation", y = exact }, { name = "feedback alignment", y = aligned } },
    title = "Accuracy on new digits", x_label = "epoch", y_label = "accuracy",
  },
  nj.plot.lines { y = angles, title = "From weights to feedback", x_label = "epoch", y_label = "degrees" },
  title = "Feedback alignment", caption = "digits of dots",
})
assert(aligned[#aligned] > 0.88 and angles[#angles] < 80, "feedback alignment does not learn")
