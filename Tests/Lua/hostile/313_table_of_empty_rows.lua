-- A tensor without elements has half a million million rows, which become tables.
-- expect: M or E
return require("nightjar").zeros(2 ^ 39, 0):totable()
