local nj = require "nightjar"
local testing = require "nightjar.testing"
local covariance = require "statistics.covariance"

describe("covariance", function()
  local x = nj.randn { 30, 4 }

  it("within classes is that of samples around their own mean", function()
    local samples = testing.samples {
      features = nj.tensor { { 0, 0 }, { 2, 0 }, { 9, 1 }, { 9, 3 } },
      labels = { 1, 1, 2, 2 },
    }
    local doubled = samples:map(function(features) return features * 2 end)
    expect(covariance.within(samples)):to_be_close { { 0.5, 0 }, { 0, 0.5 } }
    expect(covariance.within(doubled)):to_be_close { { 2, 0 }, { 0, 2 } }
  end)

  it("keeps its mean variance when it is shrunk, and loses its correlations", function()
    local shrunk = covariance.shrunk(x:cov(), 1)
    expect(shrunk):to_be_close(nj.eye(4) * x:cov():diagonal():mean())
    expect(covariance.shrunk(x:cov(), 0)):to_be_close(x:cov())
  end)

  it("has a precision also where a feature does not vary", function()
    expect(covariance.precision((x * nj.tensor { 1, 1, 1, 0 }):cov(), 1)):to_be_finite()
  end)

  it("is diagonal on the axes of a generalized eigenproblem, and the other one is the identity", function()
    local a, b = x:cov(), nj.randn({ 30, 4 }):cov()
    local ratios, axes = covariance.eigh(a, b)
    expect(axes:t():matmul(b):matmul(axes)):to_be_close(nj.eye(4), 1e-4)
    expect(axes:t():matmul(a):matmul(axes)):to_be_close(nj.eye(4) * ratios, 1e-4)
  end)
end)
