-- Manifests whose fields are missing, empty, or of the wrong type.
-- expect: completes
local nj = require "nightjar"
local good = { name = "m", summary = "s", api = 1, build = print }
local function with(field, value)
  local copy = {}
  for k, v in pairs(good) do copy[k] = v end
  copy[field] = value
  return copy
end
for _, bad in ipairs { { "name" }, { "name", "" }, { "name", "../m" }, { "name", "a b" },
  { "name", "\27[31m" }, { "name", 1 }, { "name", ("x"):rep(1e6) .. "-" }, { "summary" }, { "summary", {} },
  { "api" }, { "api", 0 }, { "api", 1.5 }, { "api", "1" }, { "api", -1 }, { "api", math.maxinteger },
  { "build" }, { "build", {} }, { "build", setmetatable({}, { __call = print }) }, { "options", 1 },
  { "options", { 1 } }, { "permissions", "fs.read" }, { "permissions", { 1 } }, { "biuld", print }, { 1, 2 } } do
  assert(not pcall(nj.model, with(bad[1], bad[2])), tostring(bad[1]))
end
assert(nj.model(good) == good and not pcall(nj.model) and not pcall(nj.learner, good))
