-- Covariances of samples (samples, features), for learners that measure distances by them.
local nj = require "nightjar"

local covariance = {}

-- The sum of the products of deviations from the mean: (features, features).
function covariance.scatter(x)
  local centred = x - x:mean(1)
  return centred:t():matmul(centred)
end

-- The covariance of samples around the mean of their own class.
function covariance.within(samples)
  local sum = 0
  for _, class in ipairs(samples.classes) do sum = sum + covariance.scatter(samples:of(class)) end
  return sum / #samples.features
end

-- A covariance drawn towards the same variance in all directions and no correlation, by a weight from 0 to 1.
function covariance.shrunk(matrix, weight)
  local variance = matrix:diagonal():mean()
  return matrix * (1 - weight) + nj.eye(#matrix) * (variance * weight + 1e-12)
end

-- The inverse of the correlation matrix of a covariance that is drawn towards its mean variance and covariance, by a
-- weight from 0 on that both are multiplied with (FeCAM, Goswami et al. 2023, arXiv 2309.14062).
function covariance.precision(matrix, weight)
  local eye, n = nj.eye(#matrix), #matrix
  local variance = matrix:diagonal():mean()
  local between = (matrix * (1 - eye)):sum() / math.max(1, n * (n - 1))
  local shrunk = matrix + (eye * variance + (1 - eye) * between) * weight
    + eye * (variance * 1e-4 + 1e-12)          -- also where a feature has no variance at all
  local deviation = shrunk:diagonal():sqrt()
  return (shrunk / deviation / deviation:unsqueeze(2)):inverse()
end

-- The generalized eigenproblem a·v = λ·b·v: the ratios λ in ascending order, and axes (features, axes) on which b is
-- the identity and a has the ratios on its diagonal, as scipy.linalg.eigh(a, b).
function covariance.eigh(a, b)
  local variances, axes = b:eigh()
  local whitening = axes / variances:sqrt()
  local ratios, rotation = whitening:t():matmul(a):matmul(whitening):eigh()
  return ratios, whitening:matmul(rotation)
end

return covariance
