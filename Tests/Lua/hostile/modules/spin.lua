-- A module that never ends; for 064c_limit_within_require.lua.
while true do end
