-- Invalid values for every function of `nj`: an error that names the argument, or a value.
-- expect: completes or memory limit
-- limits: time=10s
local nj = require "nightjar"
local values = { 0 / 0, -1 / 0, 1 / 0, -1, 0, 1.5, math.mininteger, "10", "", true, {}, print, nj, 2 ^ 31,
  2 ^ 53, math.maxinteger }
local skipped = { data = true, fscil = true, progress = true } -- these would create a data set, or print
for _, value in ipairs(values) do
  for name, f in pairs(nj) do
    if type(f) == "function" and not skipped[name] then
      for _, arguments in ipairs { { value }, { value, value }, { value, 1, value }, { { value } },
        { { value, 2 } } } do
        local ok, problem = pcall(f, table.unpack(arguments))
        assert(ok or type(problem) == "string", name)
      end
    end
  end
end
