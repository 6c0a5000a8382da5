-- Tables fill the memory inside pcall, again and again.
-- expect: memory limit
-- limits: time=10s
while true do
  pcall(function()
    local kept = {}
    while true do kept[#kept + 1] = { {}, {} } end
  end)
end
