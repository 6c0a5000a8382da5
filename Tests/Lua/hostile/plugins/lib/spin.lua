-- A module that never finishes loading, for limit_in_require.lua.
while true do end
