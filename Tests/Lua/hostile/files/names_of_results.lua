-- Names of results that lead out of the run's folder, contain control characters, or are too long.
-- expect: completes
local nj = require "nightjar"
for _, name in ipairs { "../x", "/etc/x", "a/../../b", "a\0b", "a.t\0xt", "a.t\nxt", "x.\27[31m", "CON",
  "-rf", "a b", ".hidden", "x." .. ("y"):rep(1e4), ("y"):rep(1e4), "ä.ö", "a\\b", "~", "x.lua/..",
  "\u{202E}txt.exe", "x%00y", "x.t/xt" } do
  local ok, path = pcall(nj.run.save, name, "text")
  if ok then
    assert(path:sub(1, #nj.run.out + 1) == nj.run.out .. "/"
      and not path:sub(#nj.run.out + 2):find("[/%c%%]"), path)
    assert(#path < #nj.run.out + 120 and nj.fs.read(path) == "text")
  end
end
for _, name in ipairs { "", ".", "..", "...", "results.json", "Settings.JSON", "scalars.csv",
  "settings..json/" } do
  pcall(nj.run.save, name, { 1 })
end
