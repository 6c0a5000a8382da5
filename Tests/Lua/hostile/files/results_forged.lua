-- A script overwrites the files that only the run itself may write.
-- expect: completes
local nj = require "nightjar"
for _, name in ipairs { "results.json", "settings.json", "scalars.csv", "RESULTS.JSON" } do
  assert(not pcall(nj.run.save, name:gsub("%.%a+$", ""), name:find("csv")
    and "x" or { 1 }) or name:find("csv"), name)
  assert(not pcall(nj.fs.write, nj.run.out .. "/" .. name, "forged") or name == "RESULTS.JSON", name)
  assert(not pcall(nj.fs.write, nj.run.out .. "/./" .. name, "forged") or name == "RESULTS.JSON", name)
end
