-- A module with a state; for 066_modules_required_again.lua.
return { count = 0 }
