-- NeuroBench's fourteen series (arXiv 2304.04640; its mackey_glass_parameters.csv): the delay, the Lyapunov time, in
-- which small differences grow by e, and the value before time 0. Its files have 75 points a Lyapunov time.
local nj = require "nightjar"

local mackey_glass = { points = 75 }             -- a Lyapunov time

local parameters = {
  { 17, 197, 0.7206597 }, { 18, 138, 0.7744313 }, { 19, 315, 0.7783468 }, { 20, 131, 0.9225991 },
  { 21, 191, 0.9479431 }, { 22, 119, 0.5455960 }, { 23, 106, 0.8622247 }, { 24, 97, 0.3259660 },
  { 25, 98, 0.8297825 }, { 26, 104, 1.0033490 }, { 27, 112, 0.6491406 }, { 28, 119, 1.0957495 },
  { 29, 131, 0.9256179 }, { 30, 139, 0.2713639 },
}

-- Points of the series of delay tau, after `skip` ones, `interval` apart: by default as in NeuroBench's files.
function mackey_glass.series(tau, points, skip, interval)
  for _, row in ipairs(parameters) do
    if row[1] == tau then
      return nj.data.mackey_glass {
        tau = tau, start = row[3], interval = interval or row[2] / mackey_glass.points,
        points = points, skip = skip,
      }
    end
  end
  error("there is no series of delay " .. tau .. "; NeuroBench has those of 17 to 30", 0)
end

return mackey_glass
