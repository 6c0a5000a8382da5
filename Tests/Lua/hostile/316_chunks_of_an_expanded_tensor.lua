-- The same, by the number of pieces.
-- expect: M or E or T
return require("nightjar").zeros(1):expand(2 ^ 39):chunk(2 ^ 39)
