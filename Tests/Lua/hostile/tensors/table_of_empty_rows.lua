-- A tensor without elements has half a million million rows, which would become tables.
-- expect: memory limit or error
return require("nightjar").zeros(2 ^ 39, 0):totable()
