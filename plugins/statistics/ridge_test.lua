local nj = require "nightjar"
local ridge = require "statistics.ridge"

describe("ridge", function()
  local x, y = nj.randn { 30, 4 }, nj.randn { 30, 2 }
  local function same(features) return features end

  -- The sums of some rows of x, each of weight 1.
  local function sums(...)
    local own = ridge.new(same, 4, 2)
    for _, rows in ipairs { ... } do
      ridge.add(own, x[{ rows }], y[{ rows }], nj.ones { rows[2] - rows[1] + 1, 1 })
    end
    return own
  end

  it("has the solution of all samples, however many come at a time", function()
    local all, parts = sums { 1, 30 }, sums({ 1, 10 }, { 11, 30 })
    for _, own in ipairs { all, parts } do
      ridge.penalize(own, nj.eye(4) * 0.5)
      expect(ridge.solution(own)):to_be_close(x:ridge(y, 0.5), 1e-4)
    end
  end)

  it("takes the smallest penalty where targets follow from features, and the largest where they do not", function()
    local weight, factors = nj.randn { 4, 2 }, nj.ones { 30, 1 }
    local own = ridge.new(same, 4, 2)
    ridge.add(own, x, x:matmul(weight), factors)
    local other = nj.randn { 30, 4 }
    expect(ridge.best(own, nj.eye(4), { 1e-3, 1, 1000 }, other, other:matmul(weight), factors)):to_equal(1e-3)
    expect(ridge.best(own, nj.eye(4), { 1e-3, 1, 1000 }, other, nj.zeros { 30, 2 }, factors)):to_equal(1000)
  end)
end)
