-- A module with a state, for module_changed_by_another_script.lua.
return { count = 0 }
